# Every dependency, found once. The README names each with its reason.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(secp256k1 REQUIRED IMPORTED_TARGET libsecp256k1)
pkg_check_modules(qrencode REQUIRED IMPORTED_TARGET libqrencode)
find_package(ZXing REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Qt6 6.4 REQUIRED COMPONENTS Core Network WebSockets Widgets PrintSupport Svg DBus Test)

# SQLCipher is linked statically and its symbols are hidden: linked dynamically it makes
# Qt's own SQLite plugin run on SQLCipher without a word.
find_path(SQLCIPHER_INCLUDE_DIR sqlcipher/sqlite3.h REQUIRED)
find_library(SQLCIPHER_STATIC_LIBRARY libsqlcipher.a REQUIRED)
add_library(tacet_sqlcipher_archive STATIC IMPORTED) # imported, so that its needs come behind it on the link line
set_target_properties(tacet_sqlcipher_archive PROPERTIES IMPORTED_LOCATION ${SQLCIPHER_STATIC_LIBRARY})
target_link_libraries(tacet_sqlcipher_archive INTERFACE OpenSSL::Crypto Threads::Threads ${CMAKE_DL_LIBS} m)
add_library(tacet_sqlcipher INTERFACE)
target_include_directories(tacet_sqlcipher SYSTEM INTERFACE ${SQLCIPHER_INCLUDE_DIR}/sqlcipher)
target_compile_definitions(tacet_sqlcipher INTERFACE SQLITE_HAS_CODEC)
target_link_libraries(tacet_sqlcipher INTERFACE tacet_sqlcipher_archive)
target_link_options(tacet_sqlcipher INTERFACE "LINKER:--exclude-libs,libsqlcipher.a")
find_package(Qt6Keychain REQUIRED)
