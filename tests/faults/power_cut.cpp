#include "tests/faults/power_cut.h"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace tacet::test {

namespace fs = std::filesystem;
using vault::FileStep;

namespace {

constexpr std::size_t kPage = 4096;

std::optional<std::string> read(const std::string &path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(file), {});
}

} // namespace

PowerCuts::PowerCuts(fs::path folder, fs::path images, int every, std::uint64_t seed,
                     std::function<void(int, const fs::path &)> cut)
    : m_folder(std::move(folder)), m_images(std::move(images)), m_every(every), m_random(seed), m_cut(std::move(cut))
{
}

vault::Fault PowerCuts::before(FileStep step, const std::string &path, std::size_t)
{
    ++m_steps;
    if (m_random.below(std::uint64_t(m_every)) == 0)
        takeImage();
    const auto keepName = [&] {
        const auto synced = m_synced.find(path);
        m_underOldName.emplace(path, synced == m_synced.end() ? Content() : Content(synced->second));
    };
    switch (step) {
    case FileStep::Create:
        m_synced.erase(path);
        keepName();
        break;
    case FileStep::Rename:
        keepName();
        m_synced.erase(path); // what comes under this name was synced under another
        for (const auto &beside : fs::directory_iterator(fs::path(path).parent_path()))
            m_renamed[path].insert(beside.path().string());
        break;
    case FileStep::Remove:
        keepName();
        m_synced.erase(path);
        break;
    case FileStep::Sync:
    case FileStep::SyncFolder:
        if (fs::is_directory(path)) {
            for (auto name = m_underOldName.begin(); name != m_underOldName.end();) {
                if (fs::path(name->first).parent_path() != path) {
                    ++name;
                    continue;
                }
                if (m_renamed.erase(name->first) > 0) {
                    if (auto content = read(name->first))
                        m_synced[name->first] = std::move(*content);
                }
                name = m_underOldName.erase(name);
            }
        } else if (auto content = read(path)) {
            m_synced[path] = std::move(*content);
        }
        break;
    case FileStep::Write:
    case FileStep::Truncate:
        break;
    }
    return {};
}

/// What the disk may show of this file after a cut now.
PowerCuts::Content PowerCuts::torn(const std::string &path)
{
    const auto old = m_underOldName.find(path);
    if (old != m_underOldName.end() && m_random.below(2))
        return old->second;
    Content now = read(path);
    const auto synced = m_synced.find(path);
    if (!now || synced == m_synced.end()) {
        // Renamed from a name under which it was synced (whole), or made and never synced: of that, any part.
        if (now && !m_renamed.contains(path) && old != m_underOldName.end() && path.find(".db") != std::string::npos)
            now->resize(m_random.below(now->size() + 1) / kPage * kPage);
        return now;
    }
    std::string mixed = synced->second;
    if (now->size() > mixed.size() || m_random.below(2))
        mixed.resize(m_random.below(2) ? std::max(now->size(), mixed.size()) : mixed.size());
    for (std::size_t at = 0; at < mixed.size(); at += kPage) {
        const std::size_t size = std::min({kPage, mixed.size() - at, now->size() > at ? now->size() - at : 0});
        if (size > 0 && m_random.below(2))
            mixed.replace(at, size, *now, at, size);
    }
    return mixed;
}

std::optional<std::string> PowerCuts::formerName(const std::string &path) const
{
    const auto beside = m_renamed.find(path);
    if (beside == m_renamed.end() || !fs::exists(path))
        return std::nullopt;
    for (const std::string &name : beside->second) {
        if (name != path && !fs::exists(name) && !m_underOldName.contains(name))
            return name;
    }
    return std::nullopt;
}

void PowerCuts::takeImage()
{
    const fs::path image = m_images / ("cut-" + std::to_string(m_steps));
    std::map<std::string, bool> paths;
    for (const auto &entry : fs::recursive_directory_iterator(m_folder)) {
        if (entry.is_directory())
            fs::create_directories(image / fs::relative(entry.path(), m_folder));
        else
            paths[entry.path().string()] = true;
    }
    for (const auto &[path, old] : m_underOldName)
        paths[path] = true; // removed, and perhaps back after the cut
    for (const auto &[path, there] : paths) {
        if (path.size() > 4 && path.compare(path.size() - 4, 4, "-shm") == 0)
            continue; // no promise is in it: SQLite makes it anew
        const Content content = torn(path);
        // A rename is one change of the folder: under one name or the other, never under none.
        const auto former = formerName(path);
        if (former && content != read(path)) {
            if (const Content now = read(path))
                std::ofstream(image / fs::relative(*former, m_folder), std::ios::binary) << *now;
        }
        if (content)
            std::ofstream(image / fs::relative(path, m_folder), std::ios::binary) << *content;
    }
    fs::create_directories(image);
    m_cut(m_steps, image);
}

} // namespace tacet::test
