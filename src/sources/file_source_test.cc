#include "sources/file_source.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

#include "base/comes_for_test.h"
#include "base/descriptor.h"
#include "sources/fake_intake_test.h"

namespace statewire {
namespace {

namespace fs = std::filesystem;
using Texts = std::vector<std::string>;
using std::chrono::milliseconds;

std::string event(int number) { return "{\"n\":" + std::to_string(number) + "}"; }

std::string events(int from, int to) {
  std::string text;
  for (int number = from; number < to; ++number) text += event(number) + "\n";
  return text;
}

Texts event_list(int from, int to) {
  Texts list;
  for (int number = from; number < to; ++number) list.push_back(event(number));
  return list;
}

class FileSourceTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "file-source-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override {
    stop();
    fs::remove_all(folder_);
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void write(const std::string& name, std::string_view text) const {
    std::ofstream(path(name), std::ios::binary | std::ios::trunc) << text;
  }
  void append(const std::string& name, std::string_view text) const {
    std::ofstream(path(name), std::ios::binary | std::ios::app) << text;
  }
  void write_gzip(const std::string& name, std::string_view text, const char* mode = "wb") const {
    gzFile file = gzopen(path(name).c_str(), mode);
    gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
    gzclose(file);
  }

  // Without `follow`, to the end.
  Result<void> read(const std::string& pattern) {
    FileSource source({.name = "logs",
                       .pattern = path(pattern),
                       .follow = false,
                       .poll_interval = std::chrono::milliseconds(5)},
                      clock_);
    return source.run(intake_, {});
  }
  void follow(const std::string& pattern, size_t open_files_max = kFilesReadAtATime) {
    source_ = std::make_unique<FileSource>(
        FileSourceOptions{.name = "logs",
                          .pattern = path(pattern),
                          .follow = true,
                          .poll_interval = std::chrono::milliseconds(5),
                          .quiet_after = std::chrono::milliseconds(100),
                          .open_files_max = open_files_max,
                          .pieces = pieces_},
        clock_);
    thread_ = std::jthread([this](std::stop_token stop) {
      const Result<void> result = source_->run(intake_, stop);
      EXPECT_TRUE(result.ok()) << result.error().text;
    });
  }
  // Without `follow`, and in the background.
  void read_when_there(const std::string& pattern) {
    source_ = std::make_unique<FileSource>(FileSourceOptions{.name = "logs",
                                                             .pattern = path(pattern),
                                                             .looks_again_after = milliseconds(5),
                                                             .poll_interval = milliseconds(5)},
                                           clock_);
    thread_ = std::jthread([this](std::stop_token stop) {
      const Result<void> result = source_->run(intake_, stop);
      EXPECT_TRUE(result.ok()) << result.error().text;
    });
  }
  void stop() { thread_ = {}; }
  std::string trouble() const {
    const std::optional<SourceTrouble> trouble = source_->trouble();
    return trouble ? trouble->reason : "none";
  }
  void expect_trouble(const std::string& wanted) const {
    comes([&] { return trouble() == wanted; });
    EXPECT_EQ(trouble(), wanted);
  }
  void expect_note(const std::string& wanted) const {
    comes([&] { return source_->note().text == wanted; });
    EXPECT_EQ(source_->note().text, wanted);
  }

  // These events are all of a.jsonl; the next one has not seen them come.
  bool read_by_an_earlier_run(int from, int to, const std::string& pattern = "a.jsonl") {
    write("a.jsonl", events(from, to));
    follow(pattern);
    const bool has_read = intake_.wait_for_lines(static_cast<size_t>(to - from));
    stop();
    intake_.restart();
    return has_read;
  }
  // These events come, in their order, and no others.
  void expect_just(int from, int to) {
    ASSERT_TRUE(intake_.wait_for_lines(static_cast<size_t>(to - from)));
    let_poll();
    EXPECT_EQ(intake_.lines(), event_list(from, to));
  }

  void expect_line(std::string line) {
    if (line.ends_with('\n')) line.pop_back();
    const auto has_come = [&] {
      const Texts lines = intake_.lines();
      return std::find(lines.begin(), lines.end(), line) != lines.end();
    };
    EXPECT_TRUE(comes(has_come));
  }

  // So many polls that whatever was going to happen has happened.
  static void let_poll() { std::this_thread::sleep_for(std::chrono::milliseconds(60)); }

  // How many descriptors of this process are of files in the folder.
  size_t open_files() const {
    size_t count = 0;
    for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
      std::error_code error;
      count += fs::read_symlink(entry.path(), error).string().starts_with(folder_.string());
    }
    return count;
  }
  static std::string numbered(int number) { return "f" + std::to_string(100 + number) + ".jsonl"; }
  Texts sorted_lines() {
    Texts lines = intake_.lines();
    std::ranges::sort(lines);
    return lines;
  }

  fs::path folder_;
  ManualClock clock_{SystemClock().now()};
  FakeIntake intake_;
  PieceLimits pieces_;
  std::unique_ptr<FileSource> source_;
  std::jthread thread_;
};

TEST_F(FileSourceTest, reads_every_file_of_the_pattern_once) {
  write("a.jsonl", events(0, 3));
  write("b.jsonl", events(3, 5));
  write("c.txt", "no");
  ASSERT_TRUE(read("*.jsonl").ok());
  EXPECT_EQ(intake_.lines(), event_list(0, 5));
  EXPECT_EQ(intake_.chunks().at(1).place, path("b.jsonl"));
}

TEST_F(FileSourceTest, reads_more_files_than_it_opens_at_a_time) {
  for (int i = 0; i < 150; ++i) write("f" + std::to_string(i) + ".jsonl", events(i, i + 1));
  ASSERT_TRUE(read("*.jsonl").ok());
  EXPECT_EQ(intake_.lines().size(), 150u);
}

TEST_F(FileSourceTest, last_line_without_line_feed_is_read_at_the_end) {
  write("a.jsonl", events(0, 2) + event(2));
  ASSERT_TRUE(read("a.jsonl").ok());
  EXPECT_EQ(intake_.lines(), event_list(0, 3));
}

TEST_F(FileSourceTest, large_file_comes_in_chunks_of_whole_lines) {
  write("a.jsonl", events(0, 5500));
  ASSERT_TRUE(read("a.jsonl").ok());
  EXPECT_EQ(intake_.lines(), event_list(0, 5500));
  ASSERT_EQ(intake_.chunks().size(), 6u);
  EXPECT_EQ(intake_.chunks()[5].first_line, 5001u);
}

TEST_F(FileSourceTest, finished_file_is_not_read_again_after_a_restart) {
  write("a.jsonl", events(0, 3));
  ASSERT_TRUE(read("*.jsonl").ok());
  intake_.restart();
  write("b.jsonl", events(3, 4));
  append("a.jsonl", event(9) + "\n");
  ASSERT_TRUE(read("*.jsonl").ok());
  EXPECT_EQ(intake_.lines(), (Texts{event(9), event(3)}));
  EXPECT_EQ(intake_.chunks()[0].first_line, 4u);
}

TEST_F(FileSourceTest, replaced_file_is_read_from_its_beginning) {
  write("a.jsonl", events(0, 3));
  ASSERT_TRUE(read("a.jsonl").ok());
  intake_.restart();
  write("a.jsonl", events(5, 9));  // The same inode, other text, and longer.
  ASSERT_TRUE(read("a.jsonl").ok());
  EXPECT_EQ(intake_.lines(), event_list(5, 9));
}

TEST_F(FileSourceTest, document_is_one_chunk) {
  const std::string document = "{\n  \"a\": {\n    \"b\": 1\n  }\n}\n";
  write("a.json", document);
  std::string large = "[\n";
  for (int i = 0; i < 100'000; ++i) large += "  {\"n\": " + std::to_string(i) + "},\n";
  large += "  {}\n]";
  write("b.json", large);
  write("c.json", R"({"Records":[{"eventVersion":"1","eventSource":"x"}]})");
  ASSERT_TRUE(read("*.json").ok());
  ASSERT_EQ(intake_.chunks().size(), 3u);
  EXPECT_EQ(intake_.chunks()[0].text, document);
  EXPECT_EQ(intake_.chunks()[1].text, large);
}

TEST_F(FileSourceTest, an_array_of_one_event_to_a_line_is_a_document) {
  const std::string array = "[\n{\"n\":0},\n{\"n\":1}\n]";
  write("a.json", array);
  write("b.json", array + "\n");
  ASSERT_TRUE(read("*.json").ok());
  ASSERT_EQ(intake_.chunks().size(), 2u);
  EXPECT_EQ(intake_.chunks()[0].text, array);
  EXPECT_EQ(intake_.chunks()[1].text, array + "\n");
}

TEST_F(FileSourceTest, lines_behind_a_broken_first_one_are_still_lines) {
  write("a.jsonl", "{\"broken\":\n" + events(0, 200'000));
  ASSERT_TRUE(read("a.jsonl").ok());
  EXPECT_GT(intake_.chunks().size(), 100u);
  EXPECT_EQ(intake_.lines().size(), 200'001u);
}

TEST_F(FileSourceTest, gzip_is_unpacked_member_by_member) {
  write_gzip("a.jsonl.gz", events(0, 3000));
  write_gzip("a.jsonl.gz", events(3000, 6000), "ab");
  ASSERT_TRUE(read("*.gz").ok());
  EXPECT_EQ(intake_.lines(), event_list(0, 6000));
  intake_.restart();
  ASSERT_TRUE(read("*.gz").ok());
  EXPECT_TRUE(intake_.lines().empty());
}

TEST_F(FileSourceTest, broken_gzip_gives_what_it_has_and_an_error) {
  write_gzip("a.jsonl.gz", events(0, 20'000));
  fs::resize_file(path("a.jsonl.gz"), fs::file_size(path("a.jsonl.gz")) / 2);
  write("b.jsonl", events(0, 1));
  const Result<void> result = read("*");
  ASSERT_FALSE(result.ok());
  EXPECT_TRUE(result.error().text.ends_with("a.jsonl.gz: the gzip file ends too early"))
      << result.error().text;
  const Texts lines = intake_.lines();
  ASSERT_GT(lines.size(), 1000u);
  EXPECT_EQ(lines.back(), event(0));
  for (size_t i = 0; i + 1 < lines.size(); ++i) ASSERT_EQ(lines[i], event(static_cast<int>(i)));
}

TEST_F(FileSourceTest, gzip_is_read_on_where_it_broke_off) {
  write_gzip("whole.gz", events(0, 20'000));
  fs::copy_file(path("whole.gz"), path("a.gz"));
  fs::resize_file(path("a.gz"), fs::file_size(path("a.gz")) / 2);
  ASSERT_FALSE(read("a.gz").ok());
  const size_t before = intake_.lines().size();
  ASSERT_GT(before, 1000u);
  intake_.restart();
  write("a.gz", [&] {
    std::ifstream whole(path("whole.gz"), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(whole), {});
  }());
  ASSERT_TRUE(read("a.gz").ok());
  EXPECT_EQ(intake_.lines(), event_list(static_cast<int>(before), 20'000));
}

TEST_F(FileSourceTest, file_that_cannot_be_read_does_not_keep_others_from_being_read) {
  write("a.jsonl", events(0, 1));
  fs::create_directory(path("b.jsonl"));
  fs::create_symlink("c.jsonl", path("c.jsonl"));
  write("d.jsonl", events(1, 2));
  const Result<void> result = read("*.jsonl");
  ASSERT_FALSE(result.ok());
  EXPECT_TRUE(result.error().text.ends_with("b.jsonl: is a directory; and 1 other file"))
      << result.error().text;
  EXPECT_EQ(intake_.lines(), event_list(0, 2));
}

TEST_F(FileSourceTest, pattern_without_a_file_is_an_error) {
  const Result<void> result = read("*.jsonl");
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().kind, ErrorKind::not_found);
}

TEST_F(FileSourceTest, busy_intake_is_waited_for) {
  write("a.jsonl", events(0, 3000));
  intake_.refuse(7);
  ASSERT_TRUE(read("a.jsonl").ok());
  EXPECT_EQ(intake_.waits(), 7);
  EXPECT_EQ(intake_.lines(), event_list(0, 3000));
}

TEST_F(FileSourceTest, chunks_that_come_back_are_read_again_in_order) {
  write("a.jsonl", events(0, 3000));
  write("b.jsonl", events(3000, 5000));
  intake_.fail(2);
  ASSERT_TRUE(read("*.jsonl").ok());
  Texts lines = intake_.lines();
  std::sort(lines.begin(), lines.end());
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  EXPECT_EQ(lines.size(), 5000u);
  EXPECT_EQ(intake_.chunks()[0].first_line, 1u);
}

TEST_F(FileSourceTest, few_chunks_are_in_flight_and_the_end_waits_for_them) {
  write("a.jsonl", events(0, 20'000));
  intake_.hold();
  bool is_over = false;
  std::jthread reading([&] {
    ASSERT_TRUE(read("a.jsonl").ok());
    is_over = true;
  });
  ASSERT_TRUE(intake_.wait_for_lines(4000));
  let_poll();
  EXPECT_EQ(intake_.submitted(), 4u);
  EXPECT_FALSE(is_over);
  intake_.release();
  reading.join();
  EXPECT_EQ(intake_.lines().size(), 20'000u);
}

TEST_F(FileSourceTest, follows_what_is_appended_and_waits_for_the_line_feed) {
  write("a.jsonl", events(0, 2));
  follow("a.jsonl");
  ASSERT_TRUE(intake_.wait_for_lines(2));
  append("a.jsonl", "{\"n\"");
  let_poll();
  EXPECT_EQ(intake_.lines().size(), 2u);
  append("a.jsonl", ":2}\n" + events(3, 4));
  ASSERT_TRUE(intake_.wait_for_lines(4));
  EXPECT_EQ(intake_.lines(), event_list(0, 4));
  append("a.jsonl", event(4));  // Whole, but is it all?
  let_poll();
  EXPECT_EQ(intake_.lines().size(), 4u);
}

TEST_F(FileSourceTest, a_whole_last_line_of_a_quiet_file_needs_no_line_feed) {
  for (int i = 0; i < 5; ++i) write("w" + std::to_string(i) + ".json", event(i));
  write("half.json", "{\"n\":");
  follow("*.json", 2);
  ASSERT_TRUE(intake_.wait_for_lines(5));
  append("w0.json", "\n" + event(5) + "\n");
  ASSERT_TRUE(intake_.wait_for_lines(6));
  append("half.json", "7}");
  ASSERT_TRUE(intake_.wait_for_lines(7));
  let_poll();
  EXPECT_EQ(intake_.lines().size(), 7u);
}

TEST_F(FileSourceTest, a_line_that_is_too_long_is_passed_over_and_told) {
  pieces_ = {.bytes_max = 512, .value_bytes_max = 4096};
  const std::string half(100'000, 'x');
  write("a.jsonl", events(0, 2) + "{\"long\":\"" + half);
  follow("a.jsonl");
  ASSERT_TRUE(intake_.wait_for_lines(2));
  let_poll();
  append("a.jsonl", half + "\"}\n" + events(2, 4));
  ASSERT_TRUE(intake_.wait_for_lines(4));
  EXPECT_EQ(intake_.lines(), event_list(0, 4));
  ASSERT_EQ(intake_.chunks().size(), 3u);
  EXPECT_EQ(intake_.chunks()[1].unreadable, "a line of more than 4,096 bytes");
  EXPECT_EQ(intake_.chunks()[1].first_line, 3u);
  stop();
  intake_.restart();
  append("a.jsonl", events(4, 5));
  follow("a.jsonl");
  expect_just(4, 5);
}

TEST_F(FileSourceTest, what_is_too_long_in_a_quiet_file_is_told) {
  pieces_ = {.bytes_max = 512, .value_bytes_max = 4096};
  write("a.json", "{\"Records\":[" + std::string(10'000, ' ') + "]}");
  follow("a.json");
  comes([&] { return !intake_.chunks().empty(); });
  ASSERT_EQ(intake_.chunks().size(), 1u);
  EXPECT_EQ(intake_.chunks()[0].unreadable, "a line of more than 4,096 bytes");
}

TEST_F(FileSourceTest, follows_files_that_appear_later) {
  follow("*.jsonl");
  let_poll();
  write("a.jsonl", events(0, 2));
  ASSERT_TRUE(intake_.wait_for_lines(2));
  write("b.jsonl", events(2, 4));
  write("c.json", "ignored");
  ASSERT_TRUE(intake_.wait_for_lines(4));
  EXPECT_EQ(intake_.lines(), event_list(0, 4));
}

TEST_F(FileSourceTest, document_dropped_into_a_followed_folder_needs_no_line_feed) {
  follow("*.json");
  write("a.json", R"({"Records":[{"eventVersion":"1",)");
  let_poll();
  EXPECT_TRUE(intake_.lines().empty());
  append("a.json", R"("eventSource":"x"}]})");
  ASSERT_TRUE(intake_.wait_for_lines(1));
  write("b.json", "{\n \"a\": 1\n");
  let_poll();
  EXPECT_EQ(intake_.chunks().size(), 1u);
  append("b.json", "}\n");
  ASSERT_TRUE(intake_.wait_for_lines(4));
  EXPECT_EQ(intake_.chunks().size(), 2u);
}

TEST_F(FileSourceTest, rotation_by_rename_loses_nothing) {
  write("a.jsonl", events(0, 2));
  follow("a.jsonl");
  ASSERT_TRUE(intake_.wait_for_lines(2));
  append("a.jsonl", events(2, 3000));
  fs::rename(path("a.jsonl"), path("a.jsonl.1"));
  write("a.jsonl", events(3001, 3003));
  ASSERT_TRUE(intake_.wait_for_lines(3002));
  append("a.jsonl.1", event(3000) + "\n");  // Its writer had not let go of it.
  ASSERT_TRUE(intake_.wait_for_lines(3003));
  Texts expected = event_list(0, 3000);
  for (int number : {3001, 3002, 3000}) expected.push_back(event(number));
  EXPECT_EQ(intake_.lines(), expected);
}

TEST_F(FileSourceTest, rotated_file_ends_with_its_cut_line) {
  write("a.jsonl", events(0, 1) + "{\"n\":1}");
  follow("a.jsonl");
  ASSERT_TRUE(intake_.wait_for_lines(1));
  fs::rename(path("a.jsonl"), path("a.jsonl.1"));
  ASSERT_TRUE(intake_.wait_for_lines(2));
  EXPECT_EQ(intake_.lines(), event_list(0, 2));
}

TEST_F(FileSourceTest, file_that_matches_under_both_names_is_read_once) {
  write("a.jsonl", events(0, 2));
  follow("a.jsonl*");
  ASSERT_TRUE(intake_.wait_for_lines(2));
  fs::rename(path("a.jsonl"), path("a.jsonl.1"));
  write("a.jsonl", events(2, 3));
  expect_just(0, 3);
}

TEST_F(FileSourceTest, rotation_by_copy_and_truncate_begins_anew) {
  write("a.jsonl", events(100, 200));
  follow("a.jsonl");
  ASSERT_TRUE(intake_.wait_for_lines(100));
  fs::resize_file(path("a.jsonl"), 0);
  let_poll();
  append("a.jsonl", events(0, 2));
  ASSERT_TRUE(intake_.wait_for_lines(102));
  EXPECT_EQ(intake_.lines().back(), event(1));
  EXPECT_EQ(intake_.chunks().back().first_line, 1u);
}

// Lines that begin and end alike, over more bytes than a page has.
std::string long_events(int from, int to) {
  const std::string padding(5000, 'p');
  std::string text;
  for (int number = from; number < to; ++number) {
    text += "{\"a\":\"" + padding + "\",\"n\":" + std::to_string(number) + ",\"z\":\"" + padding +
            "\"}\n";
  }
  return text;
}

TEST_F(FileSourceTest, file_written_over_with_the_same_beginning_is_read_anew) {
  write("a.jsonl", long_events(100, 110));
  follow("a.jsonl");
  ASSERT_TRUE(intake_.wait_for_lines(10));
  let_poll();
  std::fstream(path("a.jsonl"), std::ios::in | std::ios::out) << long_events(200, 215);
  ASSERT_TRUE(intake_.wait_for_lines(25));
  stop();
  intake_.restart();
  std::fstream(path("a.jsonl"), std::ios::in | std::ios::out) << long_events(300, 320);
  follow("a.jsonl");
  ASSERT_TRUE(intake_.wait_for_lines(20));
  EXPECT_EQ(intake_.lines().front() + "\n", long_events(300, 301));
}

// What was read before, and not yet handed over, does not vouch for what is there now; nor does
// what is read of the new text, however much, behind the old one.
TEST_F(FileSourceTest, file_written_over_while_its_events_wait_is_read_anew) {
  for (const int events_before : {500, 2500}) {
    SCOPED_TRACE(events_before);
    write("a.jsonl", long_events(1000, 1000 + events_before));
    intake_.hold();
    follow("a.jsonl");
    comes([&] { return intake_.submitted() != 0; });
    let_poll();
    std::fstream(path("a.jsonl"), std::ios::in | std::ios::out)
        << long_events(5000, 5001 + events_before);
    let_poll();
    intake_.release();
    expect_line(long_events(5000, 5001));
    stop();
    intake_.forget();
    fs::remove(path("a.jsonl"));
  }
}

TEST_F(FileSourceTest, what_was_read_of_a_file_that_is_cut_off_is_handed_over) {
  write("a.jsonl", events(0, 20'000));
  intake_.hold();
  follow("a.jsonl");
  comes([&] { return intake_.submitted() >= 4; });
  fs::resize_file(path("a.jsonl"), 0);
  intake_.release();
  EXPECT_TRUE(intake_.wait_for_lines(20'000));
}

// A long write has its time before its bytes.
TEST_F(FileSourceTest, file_that_is_being_written_over_when_it_is_looked_at_is_read_anew) {
  write("a.jsonl", long_events(1000, 1010));
  follow("a.jsonl");
  ASSERT_TRUE(intake_.wait_for_lines(10));
  let_poll();
  const std::string text = long_events(5000, 5010);
  const OwnedFd fd(::open(path("a.jsonl").c_str(), O_RDWR | O_CLOEXEC));
  void* const bytes = ::mmap(nullptr, text.size(), PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  ASSERT_NE(bytes, MAP_FAILED);
  // The first change of each page sets the time, and no later one does.
  for (size_t at = 0; at < text.size(); at += 4096) {
    char* const byte = static_cast<char*>(bytes) + at;
    *const_cast<volatile char*>(byte) = *byte;
  }
  let_poll();
  std::memcpy(bytes, text.data(), text.size());
  expect_line(long_events(5000, 5001));
  ::munmap(bytes, text.size());
}

// A file system gives the inode of a file that is gone to the next one.
TEST_F(FileSourceTest, file_with_the_inode_and_the_text_of_another_is_read) {
  FileCursor cursor{.position = {.offset = 16, .line = 3}, .born_ns = 1};
  write("a.jsonl", events(0, 2));
  cursor.size = fs::file_size(path("a.jsonl"));
  const Result<std::unique_ptr<WatchedFile>> file = WatchedFile::open(path("a.jsonl"), true);
  ASSERT_TRUE(file.ok());
  if ((*file)->cursor().born_ns == 0) GTEST_SKIP() << "the file system does not say";
  ASSERT_TRUE((*file)->resume(cursor).ok());
  EXPECT_EQ((*file)->position().offset, 0u);
  cursor.born_ns = (*file)->cursor().born_ns;
  ASSERT_TRUE((*file)->resume(cursor).ok());
  EXPECT_EQ((*file)->position().offset, 16u);
}

TEST_F(FileSourceTest, cursor_of_format_1_is_still_understood) {
  const auto cursor = FileCursor::decode("1 16 3 0 16 12345 16 99");
  ASSERT_TRUE(cursor.has_value());
  EXPECT_EQ(cursor->position.offset, 16u);
  EXPECT_EQ(cursor->modified_ns, 99);
  EXPECT_EQ(cursor->tail_bytes, 0u);
  EXPECT_EQ(FileCursor::decode(cursor->encode()), cursor);
}

TEST_F(FileSourceTest, gzip_replaced_with_a_longer_one_is_read_anew) {
  std::mt19937 random(1);
  std::string noise = "{\"noise\":\"";
  for (int i = 0; i < 100'000; ++i) noise += static_cast<char>('a' + random() % 26);
  noise += "\"}\n";
  write_gzip("a.gz", noise + events(0, 10), "wb0");
  ASSERT_TRUE(read("a.gz").ok());
  intake_.restart();
  std::string longer;  // Packed bytes that begin alike and go on after the old end.
  {
    write_gzip("b.gz", noise + long_events(300, 330), "wb0");
    std::ifstream file(path("b.gz"), std::ios::binary);
    longer.assign(std::istreambuf_iterator<char>(file), {});
  }
  ASSERT_GT(longer.size(), fs::file_size(path("a.gz")));
  std::fstream(path("a.gz"), std::ios::in | std::ios::out | std::ios::binary) << longer;
  ASSERT_TRUE(read("a.gz").ok());
  EXPECT_EQ(intake_.lines().size(), 31u);
}

TEST_F(FileSourceTest, restart_goes_on_behind_the_last_commit) {
  ASSERT_TRUE(read_by_an_earlier_run(0, 2));
  append("a.jsonl", events(2, 4));
  follow("a.jsonl");
  ASSERT_TRUE(intake_.wait_for_lines(2));
  EXPECT_EQ(intake_.lines(), event_list(2, 4));
}

TEST_F(FileSourceTest, file_rotated_while_nobody_watched_is_finished_first) {
  ASSERT_TRUE(read_by_an_earlier_run(0, 2));
  append("a.jsonl", events(2, 4));
  write("a.jsonl.7", events(50, 60));  // Never ours.
  fs::rename(path("a.jsonl"), path("a.jsonl.1"));
  write("a.jsonl", events(4, 6));
  follow("a.jsonl");
  expect_just(2, 6);
}

TEST_F(FileSourceTest, file_renamed_to_any_name_while_nobody_watched_is_finished_first) {
  ASSERT_TRUE(read_by_an_earlier_run(0, 2));
  append("a.jsonl", events(2, 4));
  write("b.jsonl", events(50, 60));  // Never ours.
  fs::rename(path("a.jsonl"), path("2026-a.jsonl"));
  write("a.jsonl", events(4, 6));
  follow("a.jsonl");
  expect_just(2, 6);
}

TEST_F(FileSourceTest, file_copied_and_truncated_while_nobody_watched_is_finished_first) {
  for (const char* const copy : {"a.jsonl.1", "copy-of-a.jsonl"}) {
    SCOPED_TRACE(copy);
    ASSERT_TRUE(read_by_an_earlier_run(0, 20));
    append("a.jsonl", events(20, 40));
    write("b.jsonl", events(50, 150));  // Never ours.
    fs::copy(path("a.jsonl"), path(copy));
    write("a.jsonl", events(40, 41));
    follow("a.jsonl");
    expect_just(20, 41);
    // What was read of the copy is not read again.
    stop();
    intake_.restart();
    append("a.jsonl", events(41, 42));
    follow("a.jsonl");
    expect_just(41, 42);
    stop();
    fs::remove(path(copy));
    intake_.forget();
  }
}

TEST_F(FileSourceTest, file_copied_and_truncated_between_two_looks_is_finished_first) {
  write("a.jsonl", events(0, 4000));
  intake_.hold();
  follow("a.jsonl");
  ASSERT_TRUE(intake_.wait_for_lines(4000));
  let_poll();
  append("a.jsonl", events(4000, 5000));
  fs::copy(path("a.jsonl"), path("a.jsonl.1"));
  write("a.jsonl", events(5000, 5001));
  intake_.release();
  expect_just(0, 5001);
}

TEST_F(FileSourceTest, file_packed_while_nobody_watched_is_finished_first) {
  ASSERT_TRUE(read_by_an_earlier_run(0, 20));
  write_gzip("a.jsonl.2.gz", events(0, 40));
  write_gzip("a.jsonl.1.gz", events(40, 50));
  write_gzip("a.jsonl.3.gz", events(60, 90));  // Older than all that was read.
  fs::remove(path("a.jsonl"));
  write("a.jsonl", events(50, 51));
  follow("a.jsonl");
  expect_just(20, 51);
}

// A file system gives the inode of a file that is gone to the next one.
TEST_F(FileSourceTest, packed_and_rotated_at_once_whatever_inodes_are_given_again) {
  ASSERT_TRUE(read_by_an_earlier_run(0, 200, "*.jsonl"));
  append("a.jsonl", events(200, 210));
  fs::rename(path("a.jsonl"), path("a.jsonl.1"));
  write("a.jsonl", events(210, 220));
  fs::rename(path("a.jsonl.1"), path("a.jsonl.2"));
  write_gzip("a.jsonl.2.gz", events(0, 210));
  fs::last_write_time(path("a.jsonl.2.gz"), fs::last_write_time(path("a.jsonl.2")));
  fs::remove(path("a.jsonl.2"));
  fs::rename(path("a.jsonl"), path("a.jsonl.1"));
  write("a.jsonl", events(220, 230));
  follow("*.jsonl");
  expect_just(200, 230);
}

// So many rotations between two looks: the source waits for the store meanwhile.
TEST_F(FileSourceTest, what_was_rotated_twice_between_two_looks_is_read) {
  write("a.jsonl.7", events(50, 60));  // Never ours.
  write("a.jsonl", events(0, 4000));
  intake_.hold();
  follow("a.jsonl");
  ASSERT_TRUE(intake_.wait_for_lines(4000));
  append("a.jsonl", events(4000, 5000));
  let_poll();
  fs::rename(path("a.jsonl"), path("a.jsonl.3"));
  write("a.jsonl.2", events(5000, 5001));
  write("a.jsonl.1", events(5001, 5002));
  write("a.jsonl", events(5002, 5003));
  write("a.jsonl.bak", events(60, 61));
  intake_.release();
  expect_just(0, 5003);
}

TEST_F(FileSourceTest, what_was_rotated_twice_while_nobody_watched_is_read) {
  for (const bool has_dates : {false, true}) {
    SCOPED_TRACE(has_dates);
    const std::string older = has_dates ? "a.jsonl-20260101" : "a.jsonl.2";
    const std::string younger = has_dates ? "a.jsonl-20260102" : "a.jsonl.1";
    ASSERT_TRUE(read_by_an_earlier_run(0, 2));
    append("a.jsonl", events(2, 3));
    fs::rename(path("a.jsonl"), path(older));
    write(younger, events(3, 4));
    write("a.jsonl", events(4, 5));
    follow("a.jsonl");
    expect_just(2, 5);
    stop();
    for (const std::string& name : {older, younger, std::string("a.jsonl")}) fs::remove(path(name));
    intake_.forget();
  }
}

TEST_F(FileSourceTest, what_was_compressed_after_two_rotations_is_read) {
  write("a.jsonl", events(0, 4500));
  intake_.hold();
  follow("a.jsonl");
  ASSERT_TRUE(intake_.wait_for_lines(4000));
  let_poll();
  const auto modified = fs::last_write_time(path("a.jsonl"));
  write_gzip("a.jsonl.2.gz", events(0, 4500));
  fs::last_write_time(path("a.jsonl.2.gz"), modified);
  fs::remove(path("a.jsonl"));
  write_gzip("a.jsonl.1.gz", events(4500, 4501));
  write("a.jsonl", events(4501, 4502));
  intake_.release();
  expect_just(0, 4502);
}

TEST_F(FileSourceTest, what_is_no_file_is_shown_as_trouble_while_it_is_there) {
  fs::create_directory(path("a.jsonl"));
  write("b.jsonl", events(0, 1));
  follow("*.jsonl");
  ASSERT_TRUE(intake_.wait_for_lines(1));
  let_poll();
  EXPECT_EQ(source_->trouble().value().reason, path("a.jsonl") + ": is a directory");
  fs::remove(path("a.jsonl"));
  let_poll();
  EXPECT_FALSE(source_->trouble().has_value());
}

TEST_F(FileSourceTest, unreadable_file_is_taken_once_it_can_be) {
  fs::create_symlink("real.jsonl", path("a.jsonl"));
  follow("a.jsonl");
  let_poll();
  write("real.jsonl", events(0, 2));
  ASSERT_TRUE(intake_.wait_for_lines(2));
}

TEST_F(FileSourceTest, followed_chunks_that_come_back_are_read_again) {
  write("a.jsonl", events(0, 3000));
  intake_.fail(1);
  follow("a.jsonl");
  ASSERT_TRUE(intake_.wait_for_lines(3000));
  stop();
  EXPECT_EQ(intake_.lines(), event_list(0, 3000));
}

TEST_F(FileSourceTest, stop_in_the_middle_returns_and_the_rest_comes_after_a_restart) {
  write("a.jsonl", events(0, 20'000));
  intake_.hold();
  follow("a.jsonl");
  ASSERT_TRUE(intake_.wait_for_lines(4000));
  thread_.request_stop();
  intake_.release();
  stop();
  const size_t before = intake_.lines().size();
  EXPECT_LT(before, 20'000u);
  intake_.restart();
  follow("a.jsonl");
  ASSERT_TRUE(intake_.wait_for_lines(20'000 - before));
  EXPECT_EQ(intake_.lines(), event_list(static_cast<int>(before), 20'000));
}

TEST_F(FileSourceTest, more_files_are_followed_than_are_open) {
  for (int i = 0; i < 60; ++i) write(numbered(i), events(1000 + i, 1001 + i));
  follow("*.jsonl", 4);
  ASSERT_TRUE(intake_.wait_for_lines(60));
  let_poll();
  EXPECT_LE(open_files(), 4u);
  for (int i = 0; i < 60; ++i) append(numbered(i), events(2000 + i, 2001 + i));
  ASSERT_TRUE(intake_.wait_for_lines(120));
  // One that is closed is renamed, and told more before and after.
  append(numbered(0), event(3000) + "\n");
  fs::rename(path(numbered(0)), path(numbered(0) + ".1"));
  write(numbered(0), event(3002) + "\n");
  ASSERT_TRUE(intake_.wait_for_lines(122));
  append(numbered(0) + ".1", event(3001) + "\n");
  ASSERT_TRUE(intake_.wait_for_lines(123));
  stop();
  EXPECT_LE(open_files(), 4u);
  Texts all = event_list(1000, 1060);
  for (const std::string& line : event_list(2000, 2060)) all.push_back(line);
  for (const std::string& line : event_list(3000, 3003)) all.push_back(line);
  EXPECT_EQ(sorted_lines(), all);
}

TEST_F(FileSourceTest, closed_files_that_are_truncated_or_replaced_are_read_anew) {
  for (int i = 0; i < 20; ++i) write(numbered(i), events(1000 + i, 1001 + i));
  follow("*.jsonl", 2);
  ASSERT_TRUE(intake_.wait_for_lines(20));
  write(numbered(3), event(1) + "\n");
  write("other", event(1002) + "\n" + event(1003) + "\n");
  fs::rename(path("other"), path(numbered(4)));
  ASSERT_TRUE(intake_.wait_for_lines(23));
}

TEST_F(FileSourceTest, many_files_with_half_lines_and_broken_ones_leave_places_for_others) {
  for (int i = 0; i < 20; ++i) write(numbered(i), event(i));
  for (int i = 0; i < 5; ++i) write_gzip("g" + std::to_string(i) + ".jsonl.gz", events(0, 100));
  for (int i = 0; i < 5; ++i) {
    fs::resize_file(path("g" + std::to_string(i) + ".jsonl.gz"), 20);
  }
  write("z.jsonl", events(500, 501));
  follow("*", 2);
  ASSERT_TRUE(intake_.wait_for_lines(1));
  for (int i = 0; i < 20; ++i) append(numbered(i), "\n");
  ASSERT_TRUE(intake_.wait_for_lines(21));
}

TEST_F(FileSourceTest, a_cursor_outlives_its_file_for_a_week) {
  write("a.jsonl", events(0, 1));
  write("b.jsonl", events(1, 2));
  ASSERT_TRUE(read("*.jsonl").ok());
  fs::remove(path("a.jsonl"));
  EXPECT_EQ(intake_.cursors("logs/")->size(), 2u);
  clock_.advance(std::chrono::hours(24 * 6));
  ASSERT_TRUE(read("*.jsonl").ok());
  EXPECT_EQ(intake_.cursors("logs/")->size(), 2u);
  clock_.advance(std::chrono::hours(24 * 2));
  ASSERT_TRUE(read("*.jsonl").ok());
  EXPECT_EQ(intake_.cursors("logs/")->size(), 1u) << "that of the file that is there stays";
  EXPECT_EQ(intake_.lines(), event_list(0, 2));
  fs::remove(path("b.jsonl"));
  EXPECT_FALSE(read("*.jsonl").ok());
  EXPECT_EQ(intake_.cursors("logs/")->size(), 1u) << "an empty folder may be one that is away";
}

// A folder that cannot be read for a moment says nothing of the files in it.
TEST_F(FileSourceTest, a_look_that_failed_takes_no_cursor) {
  for (const char* folder : {"x", "y"}) {
    fs::create_directory(path(folder));
    write(std::string(folder) + "/a.jsonl", events(0, 1));
  }
  for (const char* pattern : {"*/a.jsonl", "*/*.jsonl"}) {
    SCOPED_TRACE(pattern);
    ASSERT_TRUE(read(pattern).ok());
    ASSERT_EQ(intake_.cursors("logs/")->size(), 2u);
    clock_.advance(std::chrono::hours(24 * 8));
    fs::rename(path("x"), path(".away"));
    fs::create_symlink("x", path("x"));  // Leads in a circle.
    const Result<void> bad_look = read(pattern);
    fs::remove(path("x"));
    fs::rename(path(".away"), path("x"));
    EXPECT_EQ(intake_.cursors("logs/")->size(), 2u);
  }
}

TEST_F(FileSourceTest, a_folder_that_is_away_is_trouble_until_it_is_back) {
  fs::create_directory(path("in"));
  follow("in/*.jsonl");
  expect_note("no file matches " + path("in/*.jsonl"));
  EXPECT_EQ(trouble(), "none") << "a file may come";
  write("in/a.jsonl", events(0, 1));
  ASSERT_TRUE(intake_.wait_for_lines(1));
  expect_note("");
  fs::rename(path("in"), path("away"));
  expect_trouble(path("in") + ": No such file or directory");
  fs::rename(path("away"), path("in"));
  expect_trouble("none");
  append("in/a.jsonl", events(1, 2));
  expect_just(0, 2);
}

TEST_F(FileSourceTest, a_followed_file_that_is_gone_is_trouble_until_it_is_back) {
  write("a.jsonl", events(0, 1));
  follow("a.jsonl");
  ASSERT_TRUE(intake_.wait_for_lines(1));
  EXPECT_EQ(trouble(), "none");
  fs::remove(path("a.jsonl"));
  expect_trouble(path("a.jsonl") + ": No such file or directory");
  write("a.jsonl", events(1, 2));
  expect_trouble("none");
  expect_just(0, 2);
}

TEST_F(FileSourceTest, a_file_that_is_not_there_yet_is_looked_for_again) {
  for (const std::string pattern : {"a.jsonl", "*.jsonl"}) {
    SCOPED_TRACE(pattern);
    intake_.forget();
    read_when_there(pattern);
    expect_trouble(pattern == "a.jsonl" ? path(pattern) + ": No such file or directory"
                                        : "no file matches " + path(pattern));
    write("a", events(0, 2));  // What is read once is whole from the moment that it is there.
    fs::rename(path("a"), path("a.jsonl"));
    ASSERT_TRUE(intake_.wait_for_lines(2));
    thread_.join();
    EXPECT_EQ(trouble(), "none");
    fs::remove(path("a.jsonl"));
  }
}

TEST_F(FileSourceTest, what_is_read_once_may_go) {
  for (int i = 0; i < 3; ++i) write(std::to_string(i) + ".jsonl", events(i, i + 1));
  fs::create_directory(path("3.jsonl"));
  read_when_there("*.jsonl");
  ASSERT_TRUE(intake_.wait_for_lines(3));
  expect_trouble(path("3.jsonl") + ": is a directory");
  fs::remove(path("3.jsonl"));
  for (int i = 0; i < 3; ++i) fs::remove(path(std::to_string(i) + ".jsonl"));
  thread_.join();
  EXPECT_EQ(intake_.lines(), event_list(0, 3));
}

TEST(FileNames, the_first_folder_that_is_missing_is_named) {
  EXPECT_EQ(folder_fault("/nonexistent/a/*.jsonl"), "/nonexistent: No such file or directory");
  EXPECT_EQ(folder_fault("/etc/passwd/*.jsonl"), "/etc/passwd: Not a directory");
  EXPECT_EQ(folder_fault("/etc/*/nothing"), "");
  EXPECT_EQ(folder_fault("nothing-there.jsonl"), "");
  EXPECT_EQ(place_fault("nothing-there.jsonl"), "nothing-there.jsonl: No such file or directory");
  EXPECT_EQ(place_fault("/etc/nothing-*"), "");
}

TEST(FileNames, numbers_tell_how_many_files_are_gone) {
  const auto file = [](std::string path, uint64_t inode, int64_t modified, bool is_known = false) {
    return RotatedFile{.path = std::move(path),
                       .sight = {.id = {1, inode}, .stamp = {.modified_ns = modified}},
                       .is_known = is_known};
  };
  const Predecessor predecessor{.id = {1, 10}, .modified_ns = 5};
  RotatedBetween between =
      files_between("/a", predecessor,
                    std::vector{file("/a.4", 10, 5), file("/a.2", 11, 6), file("/a.9", 12, 7),
                                file("/a.tmp", 13, 9), file("/ab.1", 14, 9)});
  EXPECT_EQ(between.paths, std::vector<std::string>{"/a.2"});
  EXPECT_EQ(between.gone, 2u);
  EXPECT_FALSE(between.may_lack_others);
  between = files_between("/a", predecessor, std::vector{file("/a.1", 10, 5)});
  EXPECT_TRUE(between.paths.empty());
  EXPECT_EQ(between.gone, 0u);
  between =
      files_between("/a", predecessor, std::vector{file("/a.1", 11, 6), file("/a.2", 12, 4, true)});
  EXPECT_EQ(between.paths, std::vector<std::string>{"/a.1"});
  EXPECT_TRUE(between.may_lack_others);
}

TEST(FileCursor, survives_encoding) {
  const FileCursor cursor{.position = {.offset = 1ull << 40, .line = 7},
                          .is_finished = true,
                          .print_bytes = 1024,
                          .print = ~0ull,
                          .size = 99,
                          .modified_ns = -5};
  EXPECT_EQ(FileCursor::decode(cursor.encode()), cursor);
  for (const char* text : {"", "1", "2 0 1 0 0 0 0 0", "1 0 1 0 0 0 0 x", "1 0 1 0 0 0 0 0 0"}) {
    EXPECT_FALSE(FileCursor::decode(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace statewire
