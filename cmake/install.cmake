# SPDX-License-Identifier: Apache-2.0
# What find_package(bouton) finds. The package depends on nothing, so the list of targets is all of its configuration.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/bouton)
write_basic_package_version_file(bouton-config-version.cmake COMPATIBILITY SameMinorVersion)

install(TARGETS bouton EXPORT bouton FILE_SET HEADERS)
install(EXPORT bouton FILE bouton-config.cmake NAMESPACE bouton:: DESTINATION ${package_dir})
install(FILES ${PROJECT_BINARY_DIR}/bouton-config-version.cmake DESTINATION ${package_dir})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
