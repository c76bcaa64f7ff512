# SPDX-License-Identifier: Apache-2.0
# Runs PROGRAM in FOLDER and fails unless it ends well and prints the text of the file EXPECTED. Lines that tell a wall
# time are not compared. What was printed is kept beside the program's files, ready to be looked at or taken over.
file(MAKE_DIRECTORY ${FOLDER})
execute_process(
    COMMAND ${PROGRAM}
    WORKING_DIRECTORY ${FOLDER}
    OUTPUT_VARIABLE printed
    RESULT_VARIABLE result
)
cmake_path(GET EXPECTED FILENAME name)
file(WRITE ${FOLDER}/${name} "${printed}")
if(NOT result EQUAL 0)
    message(FATAL_ERROR "${PROGRAM} ended with ${result} after printing\n${printed}")
endif()

file(READ ${EXPECTED} expected)
foreach(text IN ITEMS printed expected)
    string(REGEX REPLACE "[^\n]*wall time[^\n]*\n" "" ${text} "${${text}}")
endforeach()
if(NOT printed STREQUAL expected)
    message(FATAL_ERROR "${FOLDER}/${name} differs from ${EXPECTED}; the program printed\n${printed}")
endif()
