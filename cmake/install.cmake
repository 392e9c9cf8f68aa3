include(GNUInstallDirs)
if(TARGET statewire)
  install(TARGETS statewire RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

# The catalog is in the program; its text is for people who look up or copy an entry.
install(DIRECTORY ${CMAKE_SOURCE_DIR}/catalog DESTINATION ${CMAKE_INSTALL_DATADIR}/statewire
        FILES_MATCHING PATTERN "*.yaml")
install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${CMAKE_SOURCE_DIR}/docs/statewire.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)

set(completion ${CMAKE_SOURCE_DIR}/deploy/completion)
install(FILES ${completion}/statewire.bash RENAME statewire
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${completion}/_statewire
        DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${completion}/statewire.fish
        DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

# The unit names the program where it is installed, which `cmake --install --prefix` may change.
install(CODE "
  file(READ \"${CMAKE_SOURCE_DIR}/deploy/statewire.service\" unit)
  string(REPLACE \"/usr/local/bin/statewire\"
         \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/statewire\" unit \"\${unit}\")
  file(WRITE \"${CMAKE_BINARY_DIR}/statewire.service\" \"\${unit}\")")
install(FILES ${CMAKE_BINARY_DIR}/statewire.service DESTINATION lib/systemd/system)
