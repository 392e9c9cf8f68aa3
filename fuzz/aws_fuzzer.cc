// Bytes as what AWS, its queues and its files hand to us: messages, answers in JSON and XML, packed
// files, profiles, the command of a profile, certificates. Nothing may crash, or take more than it
// may.
#include <cstdint>
#include <string>
#include <string_view>

#include "aws/answer.h"
#include "aws/gzip.h"
#include "aws/json.h"
#include "aws/process.h"
#include "aws/profiles.h"
#include "aws/sns_certificate.h"
#include "aws/sns_message.h"
#include "aws/xml.h"
#include "base/check.h"
#include "base/text.h"
#include "sources/sqs_message.h"

namespace {

using namespace statewire;

void read_answer(std::string_view text) {
  const AwsCredentials credentials{.access_key_id = "AKIDEXAMPLE",
                                   .secret_access_key = Secret("secret-of-example"),
                                   .session_token = Secret("token-of-example")};
  // Whatever is echoed, and however: the token is not shown.
  const std::string body = std::string(text) + "token-of-example";
  for (const std::string& each : {std::string(text), body}) {
    const AwsAnswer answer = answer_of(HttpResponse{.status = 400, .headers = {}, .body = each},
                                       "sqs", credentials, Time());
    CHECK(!answer.ok());
    CHECK(is_utf8(answer.message) && answer.message.size() <= 512);
    CHECK(answer.message.find("token-of-example") == std::string::npos);
  }
}

void read_message(std::string_view text) {
  const SqsContent content = SqsMessages().read(text);
  for (const S3Object& file : content.files) CHECK(file.key.ends_with(".json.gz"));
}

// Whatever stands in a message, only SNS in the topic's own region is asked.
void read_sns_message(std::string_view text) {
  const SnsTopic topic = *parse_sns_topic("arn:aws:sns:eu-west-1:123456789012:changes");
  const std::string_view host = "https://sns.eu-west-1.amazonaws.com/";
  CHECK(!is_certificate_url(text, topic) || text.starts_with(host));
  CHECK(!is_subscribe_url(text, topic) || text.starts_with(host));
  if (const Result<SnsTopic> other = parse_sns_topic(text)) CHECK(other->arn == text);
  const Result<SnsMessage> message = parse_sns_message(text);
  if (!message) return;
  CHECK(!signed_text(*message).empty() && !message->signature.empty());
  (void)is_timely(*message, Time());
}

void read_certificate(std::string_view text) {
  Result<SnsCertificate> certificate = SnsCertificate::read(text);
  if (!certificate) return;
  (void)certificate->issuer_url();
  (void)certificate->add_issuer(text).ok();
  CHECK(!certificate->check({.ca_file = "/dev/null", .names = {"sns.amazonaws.com"}, .now = Time()})
             .ok());
}

void read_xml(std::string_view text) {
  const Result<AwsXml> xml = AwsXml::parse(text);
  if (!xml) return;
  CHECK(!xml->name().empty() || xml->text("").size() <= text.size());
  (void)xml->all("a/b");
}

void pack_and_unpack(std::string_view text) {
  const Result<std::string> unpacked = gunzip(text, 1 << 16);
  CHECK(!unpacked || unpacked->size() <= 1 << 16);
  const Result<std::string> same = gunzip(gzipped(text), text.size() + 1);
  CHECK(same && *same == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  switch (bytes[0] % 8) {
    case 0:
      read_answer(text);
      break;
    case 1:
      read_message(text);
      break;
    case 2:
      read_xml(text);
      break;
    case 3:
      pack_and_unpack(text);
      break;
    case 4:
      read_sns_message(text);
      break;
    case 5:
      read_certificate(text);
      break;
    case 6:
      (void)statewire::parse_ini(text).ok();
      break;
    default:
      (void)statewire::split_command(text).ok();
  }
  return 0;
}
