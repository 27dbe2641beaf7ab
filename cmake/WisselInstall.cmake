# What is built for users, as one target: programs.
include(GNUInstallDirs)
add_custom_target(programs)
foreach(program wisseld wisselctl wissel-partner wissel-load)
  if(TARGET ${program})
    add_dependencies(programs ${program})
  endif()
endforeach()
