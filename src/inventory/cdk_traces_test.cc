#include "inventory/cdk_traces.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "inventory/template_index.h"

namespace statewire {
namespace {

namespace fs = std::filesystem;

class CdkTracesTest : public ::testing::Test {
 protected:
  CdkTracesTest() {
    fs::create_directories(folder_);
    write("Shop.template.json", R"--({"Resources": {
 "Logs6819BB44": {"Type": "AWS::S3::Bucket"},
 "IntakeJobs2527AD26": {"Type": "AWS::SQS::Queue"},
 "CDKMetadata": {"Type": "AWS::CDK::Metadata"}
}})--");
  }
  ~CdkTracesTest() override { fs::remove_all(folder_); }

  void write(const std::string& name, std::string_view text) {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name) << text;
  }
  // What the index says of a stack that has the template's resources.
  std::string places(TemplateIndex& index) {
    EXPECT_TRUE(index.refresh().ok());
    DeclaredStack stack;
    for (const char* const id : {"Logs6819BB44", "IntakeJobs2527AD26", "CDKMetadata"}) {
      stack.resources.emplace_back().block = id;
    }
    index.find_code(stack);
    std::string all;
    for (const DeclaredResource& each : stack.resources) {
      all += each.file + ":" + std::to_string(each.line) + " ";
    }
    return all;
  }
  std::string places() {
    TemplateIndex index(folder_.string());
    return places(index);
  }

  const fs::path folder_ = fs::path(::testing::TempDir()) /
                           ("cdk-" + std::to_string(::getpid()) + "-" +
                            ::testing::UnitTest::GetInstance()->current_test_info()->name());
};

// As aws-cdk-lib 2.276.0 writes them.
constexpr std::string_view kManifest = R"--({"version": "55.0.0", "artifacts": {
  "Shop.assets": {"type": "cdk:asset-manifest", "properties": {"file": "Shop.assets.json"}},
  "Shop": {"type": "aws:cloudformation:stack",
    "properties": {"templateFile": "Shop.template.json"},
    "additionalMetadataFile": "Shop.metadata.json", "displayName": "Shop"},
  "Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}}}})--";
constexpr std::string_view kMetadata = R"--({
  "/Shop": [
    {"type": "aws:cdk:creationStack",
     "data": ["<anonymous> (/srv/shop/bin/shop.js:4:1)", "...node internals..."]},
    {"type": "aws:cdk:templateFile", "data": "Shop.template.json"}],
  "/Shop/CDKMetadata/Default": [
    {"type": "aws:cdk:logicalId", "data": "CDKMetadata"},
    {"type": "aws:cdk:creationStack", "data": ["...aws-cdk-lib...",
      "(no user code in 10 frames, use --stack-trace-limit to capture more)"]}],
  "/Shop/Logs/Resource": [
    {"type": "aws:cdk:logicalId", "data": "Logs6819BB44"},
    {"type": "aws:cdk:creationStack", "data": ["...new Bucket2 in aws-cdk-lib...",
      "new ShopStack (/srv/shop/lib/shop-stack.js:14:18)",
      "<anonymous> (/srv/shop/bin/shop.js:4:1)", "...node internals..."]}],
  "/Shop/Intake/Jobs/Resource": [
    {"type": "aws:cdk:logicalId", "data": "IntakeJobs2527AD26"},
    {"type": "aws:cdk:creationStack", "data": ["...new Queue2 in aws-cdk-lib...",
      "new Intake (/srv/shop/lib/shop-stack.js:8:18)",
      "new ShopStack (/srv/shop/lib/shop-stack.js:15:5)",
      "<anonymous> (/srv/shop/bin/shop.js:4:1)", "...node internals..."]}]})--";

TEST_F(CdkTracesTest, the_code_that_makes_a_resource_is_its_place) {
  write("manifest.json", kManifest);
  write("Shop.metadata.json", kMetadata);
  EXPECT_EQ(places(), "lib/shop-stack.js:14 lib/shop-stack.js:8 Shop.template.json:4 ");
}

// As aws-cdk-lib 2.100.0 writes it with `--debug`.
TEST_F(CdkTracesTest, frames_of_packages_and_of_node_are_passed_over) {
  write("manifest.json", R"--({"version": "34.0.0", "artifacts": {"Shop": {
    "type": "aws:cloudformation:stack", "properties": {"templateFile": "Shop.template.json"},
    "metadata": {
      "/Shop/Logs/Resource": [{"type": "aws:cdk:logicalId", "data": "Logs6819BB44", "trace": [
        "new Bucket (/srv/shop/node_modules/aws-cdk-lib/aws-s3/lib/bucket.js:1:19290)",
        "new ShopStack (/srv/shop/lib/shop-stack.js:14:18)",
        "Object.<anonymous> (/srv/shop/bin/shop.js:4:1)",
        "Module._compile (node:internal/modules/cjs/loader:1521:14)",
        "node:internal/main/run_main_module:28:49"]}],
      "/Shop/Intake/Jobs/Resource": [
        {"type": "aws:cdk:logicalId", "data": "IntakeJobs2527AD26"}]}}}})--");
  EXPECT_EQ(places(), "lib/shop-stack.js:14 Shop.template.json:3 Shop.template.json:4 ");
}

TEST_F(CdkTracesTest, without_traces_it_is_the_line_of_the_template) {
  const std::string of_template = "Shop.template.json:2 Shop.template.json:3 Shop.template.json:4 ";
  EXPECT_EQ(places(), of_template);
  write("manifest.json", kManifest);  // Its metadata is away.
  EXPECT_EQ(places(), of_template);
  write("manifest.json", R"--({"artifacts": {"Shop": [1], "More": {"type": 7}}})--");
  EXPECT_EQ(places(), of_template);
}

TEST_F(CdkTracesTest, what_moves_in_the_code_is_a_change) {
  write("manifest.json", kManifest);
  write("Shop.metadata.json", kMetadata);
  TemplateIndex index(folder_.string());
  const std::string before = places(index);
  const uint64_t hash = index.hash();
  std::string moved(kMetadata);
  moved.replace(moved.find("14:18"), 5, "24:18");
  write("Shop.metadata.json", moved);
  EXPECT_NE(places(index), before);
  EXPECT_NE(index.hash(), hash);
}

TEST_F(CdkTracesTest, a_nested_stack_is_found_in_the_metadata_of_its_parent) {
  write("manifest.json", kManifest);
  write("Shop.metadata.json", kMetadata);
  fs::rename(folder_ / "Shop.template.json", folder_ / "ShopNested1A2B.nested.template.json");
  EXPECT_EQ(places(),
            "lib/shop-stack.js:14 lib/shop-stack.js:8 ShopNested1A2B.nested.template.json:4 ");
}

TEST_F(CdkTracesTest, a_stage_has_an_assembly_of_its_own) {
  fs::create_directories(folder_ / "assembly-Prod");
  fs::rename(folder_ / "Shop.template.json", folder_ / "assembly-Prod/Shop.template.json");
  write("assembly-Prod/manifest.json", kManifest);
  write("assembly-Prod/Shop.metadata.json", kMetadata);
  EXPECT_EQ(places(),
            "lib/shop-stack.js:14 lib/shop-stack.js:8 assembly-Prod/Shop.template.json:4 ");
}

TEST_F(CdkTracesTest, nothing_outside_of_the_assembly_is_read) {
  write("out/Shop.template.json", "{}");
  write("Shop.metadata.json", kMetadata);
  std::string manifest(kManifest);
  const std::string_view name = "\"Shop.metadata.json";
  manifest.replace(manifest.find(name), name.size(), "\"../Shop.metadata.json");
  write("out/manifest.json", manifest);
  const CdkTraces traces = read_cdk_traces(folder_ / "out");
  EXPECT_EQ(traces.find("Shop.template.json", "Logs6819BB44"), nullptr);
}

}  // namespace
}  // namespace statewire
