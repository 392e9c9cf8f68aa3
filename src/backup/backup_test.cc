#include "backup/backup.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "aws/client.h"
#include "base/limits.h"
#include "config/read_file.h"
#include "store/marks.h"

namespace statewire {
namespace {

namespace fs = std::filesystem;

constexpr size_t kReadMax = size_t{64} << 20;
const Time kBegin = *parse_time("2026-12-01T12:00:00Z");

// A folder of files as a store has them, and a folder for backups.
class BackupTest : public testing::Test {
 protected:
  BackupTest() {
    std::string pattern = testing::TempDir() + "backup_test_XXXXXX";
    CHECK(mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
    fs::create_directories(store());
    fs::create_directories(to());
    write("CURRENT", "MANIFEST-000004\n");
    write("MANIFEST-000004", "tables");
    write("000007.sst", std::string(100, 'a'));
    CHECK(MarkFile<Acknowledged>().open(store(), {.last_sequence = 42, .journal_bytes = 7}).ok());
    place_ = open_backup_place({.text = {}, .bucket = {}, .path = to()}, {}, aws_);
  }
  ~BackupTest() override { fs::remove_all(folder_); }

  std::string store() const { return folder_ + "/store"; }
  std::string to() const { return folder_ + "/backups"; }
  void write(const std::string& name, const std::string& text) {
    fs::remove(store() + "/" + name);  // As the engine does: no file is written again.
    std::ofstream(store() + "/" + name) << text;
  }
  Result<BackupReport> back_up(Time now = kBegin) {
    return make_backup(*place_,
                       {.folder = store(),
                        .instance = "test",
                        .identity = identity_of(store()).value(),
                        .now = now},
                       known_, [&](uint64_t, uint64_t) { return pieces_left_-- > 0; });
  }
  Result<BackupList> restore(const std::string& name) {
    fs::remove_all(folder_ + "/restored");
    return restore_backup(*place_, name, folder_ + "/restored",
                          [](uint64_t, uint64_t) { return true; });
  }
  std::string restored(const std::string& name) {
    return read_file(folder_ + "/restored/" + name, kReadMax).value();
  }
  size_t count(const std::string& folder) {
    return static_cast<size_t>(std::distance(fs::directory_iterator(to() + "/" + folder), {}));
  }
  std::string a_piece_of(const BackupList& list, const std::string& name) {
    for (const BackupFile& file : list.files) {
      if (file.name == name) return to() + "/pieces/" + file.pieces.front();
    }
    return {};
  }

  std::string folder_;
  SystemClock clock_;
  HttpClient http_{HttpClientLimits{}};
  AwsClient aws_{http_, clock_};
  KnownTables known_;
  int pieces_left_ = 1'000;
  std::unique_ptr<BackupPlace> place_;
};

TEST_F(BackupTest, restores_every_file_as_it_was) {
  const std::string large(kBackupPieceBytes + 17, 'x');
  write("000009.sst", large);
  write("LOG", "of the library");
  write("000008.log", "");
  const Result<BackupReport> made = back_up();
  ASSERT_TRUE(made.ok()) << made.error().text;
  EXPECT_EQ(made->list.last_sequence, 42u);
  ASSERT_TRUE(restore(made->name).ok());
  EXPECT_EQ(restored("000009.sst"), large);
  EXPECT_EQ(restored("000007.sst"), std::string(100, 'a'));
  EXPECT_EQ(restored("000008.log"), "");
  EXPECT_EQ(read_mark<Acknowledged>(folder_ + "/restored").value()->last_sequence, 42u);
  EXPECT_FALSE(fs::exists(folder_ + "/restored/LOG"));
}

TEST_F(BackupTest, sends_what_is_new_and_nothing_twice) {
  ASSERT_TRUE(back_up().ok());
  write("000010.sst", "new");
  const Result<BackupReport> made = back_up(kBegin + std::chrono::minutes(1));
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->bytes_sent, 3u);
  EXPECT_EQ(made->list.files.size(), 5u);
}

TEST_F(BackupTest, known_tables_are_not_read_again_unless_a_piece_is_gone) {
  const Result<BackupReport> first = back_up();
  ASSERT_TRUE(first.ok());
  pieces_left_ = 3;  // CURRENT, MANIFEST and acknowledged.
  const Result<BackupReport> second = back_up(kBegin + std::chrono::minutes(1));
  ASSERT_TRUE(second.ok()) << second.error().text;
  EXPECT_EQ(second->list.files, first->list.files);
  fs::remove(a_piece_of(second->list, "000007.sst"));
  pieces_left_ = 1'000;
  const Result<BackupReport> third = back_up(kBegin + std::chrono::minutes(2));
  ASSERT_TRUE(third.ok());
  EXPECT_EQ(third->bytes_sent, 100u);
}

TEST_F(BackupTest, a_table_of_the_same_name_with_other_content_is_read) {
  ASSERT_TRUE(back_up().ok());
  write("000007.sst", std::string(100, 'b'));
  const Result<BackupReport> made = back_up(kBegin + std::chrono::minutes(1));
  ASSERT_TRUE(made.ok());
  ASSERT_TRUE(restore(made->name).ok());
  EXPECT_EQ(restored("000007.sst"), std::string(100, 'b'));
}

TEST_F(BackupTest, one_that_was_stopped_is_none) {
  pieces_left_ = 2;
  EXPECT_EQ(back_up().error().kind, ErrorKind::unavailable);
  EXPECT_TRUE(backups_in(*place_)->empty());
  EXPECT_GT(count("pieces"), 0u);
}

TEST_F(BackupTest, keeps_the_newest_and_what_they_need) {
  for (int i = 0; i < 4; ++i) {
    write("00001" + std::to_string(i) + ".sst", "only in " + std::to_string(i));
    if (i > 0) fs::remove(store() + "/00001" + std::to_string(i - 1) + ".sst");
    ASSERT_TRUE(back_up(kBegin + std::chrono::minutes(i)).ok());
  }
  EXPECT_EQ(count("pieces"), 8u);
  EXPECT_EQ(remove_old_backups(*place_, 2).value(), 2u);
  EXPECT_EQ(count("pieces"), 6u);
  const std::vector<std::string> names = backups_in(*place_).value();
  ASSERT_EQ(names, (std::vector<std::string>{"20261201T120200.000Z", "20261201T120300.000Z"}));
  for (const std::string& name : names) EXPECT_TRUE(restore(name).ok());
  EXPECT_EQ(remove_old_backups(*place_, 2).value(), 0u);
}

TEST_F(BackupTest, nothing_is_removed_where_a_list_cannot_be_read) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(back_up(kBegin + std::chrono::minutes(i)).ok());
  std::ofstream(to() + "/backups/20261201T120200.000Z.json") << "{torn";
  EXPECT_EQ(remove_old_backups(*place_, 1).error().kind, ErrorKind::damaged);
  EXPECT_EQ(count("backups"), 3u);
  EXPECT_TRUE(restore("20261201T120000.000Z").ok());
}

TEST_F(BackupTest, the_last_one_made_is_the_newest_whatever_the_clock_says) {
  ASSERT_TRUE(back_up(kBegin).ok());
  const Result<BackupReport> made = back_up(kBegin - std::chrono::hours(1));
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(backups_in(*place_)->back(), made->name);
}

TEST_F(BackupTest, a_piece_that_changed_or_is_gone_is_damage) {
  const Result<BackupReport> made = back_up();
  ASSERT_TRUE(made.ok());
  const std::string piece = a_piece_of(made->list, "000007.sst");
  std::ofstream(piece) << std::string(99, 'a') << 'b';
  Result<BackupList> list = restore(made->name);
  ASSERT_FALSE(list.ok());
  EXPECT_EQ(list.error().kind, ErrorKind::damaged);
  EXPECT_NE(list.error().text.find("000007.sst is not what was written"), std::string::npos);
  fs::remove(piece);
  list = restore(made->name);
  ASSERT_FALSE(list.ok());
  EXPECT_EQ(list.error().kind, ErrorKind::damaged);
  EXPECT_NE(list.error().text.find("a piece of 000007.sst is gone"), std::string::npos);
}

// Whatever became of what is there, the next backup is whole: it sends again what it needs.
TEST_F(BackupTest, what_is_short_or_gone_at_the_place_is_sent_again) {
  const BackupList first = back_up().value().list;
  for (const char* name : {"000007.sst", "CURRENT"}) {
    const std::string piece = a_piece_of(first, name);
    for (const bool is_gone : {false, true}) {
      fs::resize_file(piece, fs::file_size(piece) - 1);
      if (is_gone) fs::remove(piece);
      EXPECT_EQ(PiecesThere::look(*place_)->trouble_of(first),
                is_gone ? "1 piece gone" : "1 piece not whole");
      const Result<BackupReport> made = back_up(kBegin + std::chrono::minutes(1));
      ASSERT_TRUE(made.ok());
      EXPECT_EQ(PiecesThere::look(*place_)->trouble_of(made->list), "");
      EXPECT_TRUE(restore(made->name).ok());
    }
  }
}

TEST_F(BackupTest, what_is_something_else_of_the_same_size_is_found_by_reading) {
  const BackupList list = back_up().value().list;
  std::ofstream(a_piece_of(list, "000007.sst")) << std::string(99, 'a') << 'b';
  PiecesThere pieces = PiecesThere::look(*place_).value();
  EXPECT_EQ(pieces.trouble_of(list), "");
  const auto other = pieces.compare(*place_, [](uint64_t, uint64_t) { return true; });
  ASSERT_EQ(other.value().size(), 1u);
  EXPECT_EQ(to() + "/pieces/" + other->front(), a_piece_of(list, "000007.sst"));
  EXPECT_EQ(pieces.trouble_of(list), "1 piece not whole");
}

TEST_F(BackupTest, a_place_is_of_one_store) {
  ASSERT_TRUE(back_up().ok());
  fs::remove(store() + "/backup.id");  // As a store has that begins anew.
  const Result<BackupReport> made = back_up(kBegin + std::chrono::minutes(1));
  ASSERT_FALSE(made.ok());
  EXPECT_NE(made.error().text.find("the place is of another store"), std::string::npos);
  EXPECT_EQ(count("backups"), 1u);
}

TEST_F(BackupTest, a_store_that_was_restored_goes_on_where_the_one_before_it_ended) {
  const std::string older = back_up().value().name;
  ASSERT_TRUE(back_up(kBegin + std::chrono::minutes(1)).ok());
  ASSERT_TRUE(restore(older).ok());
  const std::string before = folder_ + "/before";
  fs::rename(store(), before);
  fs::rename(folder_ + "/restored", store());
  ASSERT_TRUE(back_up(kBegin + std::chrono::minutes(2)).ok());
  ASSERT_TRUE(back_up(kBegin + std::chrono::minutes(3)).ok());
  // The one before it is over: it would remove what the other needs.
  fs::rename(store(), folder_ + "/after");
  fs::rename(before, store());
  EXPECT_FALSE(back_up(kBegin + std::chrono::minutes(4)).ok());
}

TEST_F(BackupTest, of_two_that_were_restored_from_one_backup_the_first_goes_on) {
  const std::string name = back_up().value().name;
  ASSERT_TRUE(restore(name).ok());
  fs::rename(folder_ + "/restored", folder_ + "/second");
  ASSERT_TRUE(restore(name).ok());
  fs::rename(store(), folder_ + "/before");
  fs::rename(folder_ + "/restored", store());
  ASSERT_TRUE(back_up(kBegin + std::chrono::minutes(1)).ok());
  fs::rename(store(), folder_ + "/first");
  fs::rename(folder_ + "/second", store());
  EXPECT_FALSE(back_up(kBegin + std::chrono::minutes(2)).ok());
}

TEST_F(BackupTest, lists_of_programs_that_knew_no_identities_go_by_the_instance) {
  BackupList list = back_up().value().list;
  list.store.clear();
  const auto write_list = [&] {
    std::ofstream(to() + "/backups/20261201T120000.000Z.json") << encode_backup_list(list);
  };
  write_list();
  fs::remove(store() + "/backup.id");
  EXPECT_TRUE(back_up(kBegin + std::chrono::minutes(1)).ok());
  fs::remove_all(to() + "/backups");
  fs::create_directories(to() + "/backups");
  list.instance = "another";
  write_list();
  EXPECT_FALSE(back_up(kBegin + std::chrono::minutes(2)).ok());
}

TEST_F(BackupTest, a_folder_that_is_absent_is_not_made) {
  fs::remove_all(to());
  const Result<BackupReport> made = back_up();
  ASSERT_FALSE(made.ok());
  EXPECT_EQ(made.error().text, to() + " is not there: mount its disk, or make the folder");
  EXPECT_FALSE(fs::exists(to()));
}

// A command of root must leave nothing that the daemon cannot read.
TEST_F(BackupTest, what_root_makes_belongs_to_the_owner_of_the_folder) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root may give files away";
  constexpr uid_t kOther = 12345;
  for (const std::string& folder : {store(), to()}) {
    ASSERT_EQ(::chown(folder.c_str(), kOther, kOther), 0);
  }
  const Result<OwnedFd> lock = lock_backups(store());
  ASSERT_TRUE(back_up().ok());
  std::vector<std::string> paths = {store() + "/backup.lock", store() + "/backup.id"};
  for (const auto& entry : fs::recursive_directory_iterator(to())) paths.push_back(entry.path());
  EXPECT_GT(paths.size(), 6u);
  for (const std::string& path : paths) {
    struct stat status;
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, kOther) << path;
  }
}

TEST_F(BackupTest, a_store_and_its_backups_are_apart) {
  const auto why_not = [&](const std::string& path) {
    return why_not_apart({.text = {}, .bucket = {}, .path = path}, store());
  };
  fs::create_directory_symlink(store(), folder_ + "/link");
  for (const std::string& path :
       {store(), store() + "/in/it", folder_ + "/link/backups", folder_, std::string("/")}) {
    EXPECT_NE(why_not(path), "") << path;
  }
  EXPECT_EQ(why_not(to()), "");
  EXPECT_EQ(why_not_apart({.text = {}, .bucket = "b", .path = store()}, store()), "");
}

TEST_F(BackupTest, only_one_is_made_at_a_time) {
  const Result<OwnedFd> first = lock_backups(store());
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(lock_backups(store()).error().kind, ErrorKind::unavailable);
}

TEST(BackupList, is_read_as_it_was_written) {
  const BackupList list{.made = kBegin,
                        .instance = "shop",
                        .store = "0123",
                        .last_sequence = 7,
                        .files = {{.name = "000007.sst",
                                   .bytes = kBackupPieceBytes + 1,
                                   .pieces = {std::string(64, 'a'), std::string(64, 'b')}}}};
  EXPECT_EQ(parse_backup_list(encode_backup_list(list)).value(), list);
}

TEST(BackupList, names_no_file_elsewhere_and_no_other_sizes) {
  const std::string piece(64, 'a');
  for (const BackupFile& file : std::initializer_list<BackupFile>{
           {.name = "../passwd", .bytes = 1, .pieces = {piece}},
           {.name = "..", .bytes = 1, .pieces = {piece}},
           {.name = "", .bytes = 1, .pieces = {piece}},
           {.name = "000007.sst", .bytes = 1, .pieces = {"../../etc"}},
           {.name = "000007.sst", .bytes = 1, .pieces = {piece, piece}},
           {.name = "000007.sst", .bytes = ~uint64_t{0}, .pieces = {}}}) {
    const BackupList list{
        .made = kBegin, .instance = {}, .store = {}, .last_sequence = 0, .files = {file}};
    EXPECT_EQ(parse_backup_list(encode_backup_list(list)).error().kind, ErrorKind::damaged);
  }
  EXPECT_EQ(parse_backup_list("{\"format\":2}").error().kind, ErrorKind::damaged);
}

TEST(BackupName, is_read_as_it_was_written) {
  const Time made = *parse_time("2026-12-01T12:34:56.07Z");
  EXPECT_EQ(backup_name(made), "20261201T123456.070Z");
  EXPECT_EQ(time_of_backup(backup_name(made)), made);
  for (const char* name :
       {"", "20261201T123456Z", "20261301T123456.070Z", "nothing of a backup!"}) {
    EXPECT_FALSE(time_of_backup(name)) << name;
  }
}

TEST(BackupTarget, is_a_bucket_or_a_folder) {
  const BackupTarget bucket = parse_backup_target("s3://shop-backups/state/wire/").value();
  EXPECT_EQ(bucket.bucket, "shop-backups");
  EXPECT_EQ(bucket.path, "state/wire");
  EXPECT_EQ(parse_backup_target("s3://shop-backups").value().path, "");
  EXPECT_EQ(parse_backup_target("/mnt/backups/").value().path, "/mnt/backups");
  for (const char* wrong : {"", "s3://", "s3://B", "s3://bucket//a", "s3://bucket/a//b"}) {
    EXPECT_FALSE(parse_backup_target(wrong).ok()) << wrong;
  }
}

}  // namespace
}  // namespace statewire
