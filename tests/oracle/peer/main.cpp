// tacet-oracle-peer: our side of a conversation with the oracle (tests/oracle/README.md). One command a line on
// standard input, one answer a line on standard output; ends with its input.
#include "tests/oracle/peer/parties.h"

#include <iostream>

int main()
{
    if (!tacet::crypto::initialise())
        return 1;
    tacet::test::Parties parties;
    for (std::string line; std::getline(std::cin, line);)
        std::cout << parties.answer(tacet::test::Command(line)) << std::endl; // the oracle waits for it
    return 0;
}
