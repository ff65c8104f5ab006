# cmake -DSOURCE=src -DOUTPUT=kernel_text.inc -P embed.cmake: the kernel that defines the classifier, as the text that is written out.
file(READ ${SOURCE}/kernel/hdc.h header)
file(READ ${SOURCE}/kernel/hdc.c code)
string(REGEX MATCH "/\\* Rows of bits.*} tin_hdc;\n" type "${header}")
string(REGEX REPLACE "#include \"kernel/hdc.h\"\n" "" code "${code}")
# Everything is local to the file that is written.
string(REGEX REPLACE "\n(uint32_t|void|int32_t) (tin_hdc_[a-z]+)\\(" "\nstatic \\1 \\2(" code "${code}")
file(WRITE ${OUTPUT} "R\"kernel(${type}${code})kernel\"\n")
