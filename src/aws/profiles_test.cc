#include "aws/profiles.h"

#include "aws/aws_for_test.h"

namespace statewire {
namespace {

TEST(Profiles, are_read_from_both_files_and_the_credentials_file_wins) {
  AwsHome home;
  home.write(".aws/config",
             "# mine\n[default]\nregion = eu-west-1\n[profile prod]\nregion=eu-north-1\n"
             "aws_access_key_id = FROMCONFIG\n[profile \"with blank\"]\nregion = us-east-1\n"
             "[sso-session corp]\nsso_region = eu-west-1\n");
  home.write(".aws/credentials", "[prod]\nAWS_ACCESS_KEY_ID = FROMCREDENTIALS\n; end\n");
  home.set("AWS_PROFILE", "prod");
  const Result<AwsProfiles> profiles = read_profiles(home.surroundings());
  ASSERT_TRUE(profiles.ok());
  EXPECT_EQ(profiles->name, "prod");
  EXPECT_EQ(value_of(profiles->merged("prod"), "aws_access_key_id"), "FROMCREDENTIALS");
  EXPECT_EQ(value_of(profiles->merged("prod"), "region"), "eu-north-1");
  EXPECT_EQ(value_of(profiles->merged("with blank"), "region"), "us-east-1");
  EXPECT_EQ(value_of(profiles->sso_sessions.at("corp"), "sso_region"), "eu-west-1");
  EXPECT_TRUE(profiles->has("default"));
  EXPECT_FALSE(profiles->has("other"));
}

TEST(Profiles, have_nested_keys) {
  const Result<IniFile> file = parse_ini(
      "[services local]\nsqs =\n  endpoint_url = http://127.0.0.1:1\ns3 =\n"
      "  endpoint_url = http://127.0.0.1:2\n");
  ASSERT_TRUE(file.ok());
  const IniSection& section = file->at("services local");
  EXPECT_EQ(value_of(section, "sqs.endpoint_url"), "http://127.0.0.1:1");
  EXPECT_EQ(value_of(section, "s3.endpoint_url"), "http://127.0.0.1:2");
}

TEST(Profiles, an_error_names_the_line_and_nothing_in_it) {
  AwsHome home;
  const std::string path = home.write(".aws/credentials", "[default]\nwJalrXUtnFEMI\n");
  const Result<AwsProfiles> profiles = read_profiles(home.surroundings());
  ASSERT_FALSE(profiles.ok());
  EXPECT_NE(profiles.error().text.find(path + ": line 2"), std::string::npos);
  EXPECT_EQ(profiles.error().text.find("wJalr"), std::string::npos);
}

TEST(Profiles, files_that_are_not_there_are_empty) {
  AwsHome home;
  home.set("AWS_CONFIG_FILE", "~/none");
  const Result<AwsProfiles> profiles = read_profiles(home.surroundings());
  ASSERT_TRUE(profiles.ok());
  EXPECT_EQ(profiles->config_path, home.folder() + "/none");
  EXPECT_FALSE(profiles->has("default"));
}

}  // namespace
}  // namespace statewire
