# Mails and ids at the edges: what servers of mail may say, and what names may hold.
if(TARGET statewire AND STATEWIRE_ROCKSDB)
  foreach(name mail_answers mail_looks ids)
    add_test(NAME edges.${name} COMMAND ${CMAKE_BINARY_DIR}/tests/people/venv/bin/python -B
      ${CMAKE_CURRENT_LIST_DIR}/${name}.py)
    set_tests_properties(edges.${name} PROPERTIES
      FIXTURES_REQUIRED people
      TIMEOUT 600
      ENVIRONMENT "STATEWIRE=$<TARGET_FILE:statewire>")
  endforeach()
endif()
