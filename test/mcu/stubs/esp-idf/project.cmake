# idf_component_register for a build with plain CMake: a component is a static library that sees its include folders. COMPONENT is its
# folder, CONFIG_... come from the command line.
function(idf_component_register)
  cmake_parse_arguments(PART "" "" "SRCS;INCLUDE_DIRS;REQUIRES;PRIV_REQUIRES" ${ARGN})
  add_library(component STATIC ${PART_SRCS})
  target_include_directories(component PUBLIC ${PART_INCLUDE_DIRS})
  target_include_directories(component PUBLIC ${STUBS}/esp-idf PRIVATE ${STUBS}/tflm)
  target_compile_options(component PRIVATE ${FLAGS})
  set(COMPONENT_LIB component PARENT_SCOPE)
endfunction()
