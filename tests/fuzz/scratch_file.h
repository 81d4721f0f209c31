#pragma once
// A file of one's own in the folder for temporary files, for targets that read files: gone when the process ends well.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <unistd.h>

namespace tacet::test {

class ScratchFile {
public:
    explicit ScratchFile(const char *name)
        : m_path(std::filesystem::temp_directory_path() / ("tacet-fuzz-" + std::string(name) + "-" + std::to_string(getpid())))
    {
        remove();
    }
    ~ScratchFile() { remove(); }
    ScratchFile(const ScratchFile &) = delete;
    ScratchFile &operator=(const ScratchFile &) = delete;

    const std::filesystem::path &path() const { return m_path; }
    void write(const std::vector<std::uint8_t> &bytes) const
    {
        std::ofstream file(m_path, std::ios::binary | std::ios::trunc);
        file.write(reinterpret_cast<const char *>(bytes.data()), std::streamsize(bytes.size()));
    }
    std::vector<std::uint8_t> read() const
    {
        std::ifstream file(m_path, std::ios::binary);
        return std::vector<std::uint8_t>(std::istreambuf_iterator<char>(file), {});
    }
    void remove() const
    {
        std::error_code missing;
        std::filesystem::remove(m_path, missing);
    }

private:
    std::filesystem::path m_path;
};

} // namespace tacet::test
