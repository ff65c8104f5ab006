/* Left out where kernels are expanded: their names stay names. */
