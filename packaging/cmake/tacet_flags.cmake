# Compiler flags live on one INTERFACE target; every library of the house links it.
find_program(TACET_CCACHE ccache)
if(TACET_CCACHE)
    set(CMAKE_C_COMPILER_LAUNCHER ${TACET_CCACHE})
    set(CMAKE_CXX_COMPILER_LAUNCHER ${TACET_CCACHE})
endif()

# Headers of others that many files of one target begin with, read once. The preset ci alone, which wants to be quick: in every other
# build a file that forgot one of its own includes does not compile.
function(tacet_precompile target)
    if(NOT TACET_PRECOMPILE)
        return()
    endif()
    target_precompile_headers(${target} PRIVATE ${ARGN})
    if(TACET_CCACHE AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        target_compile_options(${target} PRIVATE -fpch-preprocess) # ccache asks for it
        set_target_properties(${target} PROPERTIES
            CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND};-E;env;CCACHE_SLOPPINESS=pch_defines,time_macros;${TACET_CCACHE}")
    endif()
endfunction()

add_library(tacet_flags INTERFACE)
target_include_directories(tacet_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(tacet_flags INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wconversion -Wno-sign-conversion
    -fstack-protector-strong
    # g++ 14 cannot follow std::variant and guesses; the sanitizers know.
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
# Every function is bound at the start: later, the dynamic linker would save vector registers, and keys in them, on the stack,
# and its table would stay writable.
target_link_options(tacet_flags INTERFACE LINKER:-z,relro LINKER:-z,now)
target_compile_definitions(tacet_flags INTERFACE
    QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_URL_CAST_FROM_STRING QT_NO_KEYWORDS
    QT_USE_QSTRINGBUILDER $<$<CONFIG:Release,RelWithDebInfo>:QT_NO_DEBUG_OUTPUT>)
target_compile_definitions(tacet_flags INTERFACE TACET_VERSION="${PROJECT_VERSION}")
if(TACET_WERROR)
    target_compile_options(tacet_flags INTERFACE -Werror)
endif()
if(TACET_SANITIZE)
    list(JOIN TACET_SANITIZE "," sanitizers)
    target_compile_options(tacet_flags INTERFACE -fsanitize=${sanitizers} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    target_link_options(tacet_flags INTERFACE -fsanitize=${sanitizers})
endif()
if(TACET_FUZZ)
    target_compile_options(tacet_flags INTERFACE -fsanitize=fuzzer-no-link) # libFuzzer sees which branches ran
endif()
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug" AND NOT TACET_SANITIZE)
    target_compile_definitions(tacet_flags INTERFACE $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
endif()
