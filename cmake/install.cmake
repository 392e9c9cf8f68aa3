include(GNUInstallDirs)
if(TARGET statewire)
  install(TARGETS statewire RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
