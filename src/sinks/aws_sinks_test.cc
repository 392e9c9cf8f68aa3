// What the sinks of AWS send, and what answers mean to them.
#include <future>
#include <set>

#include "aws/json.h"
#include "base/base64.h"
#include "format/sink_formats.h"
#include "net/url.h"
#include "sinks/aws_attempt.h"
#include "sinks/aws_sink_fixture_test.h"

namespace statewire {
namespace {

struct Kind {
  std::string name;
  std::string yaml;
};
const std::vector<Kind> kAwsKinds = {
    {"sqs", "queue: https://sqs.eu-west-1.amazonaws.com/123456789012/q"},
    {"sns", "topic: arn:aws:sns:eu-west-1:123456789012:t"},
    {"eventbridge", "bus: central"},
    {"lambda", "function: react"},
    {"s3", "bucket: archive"},
    {"ses", "from: a@example.org\nto: b@example.org"},
};

constexpr const char* kMail =
    R"({"subject":"gone","text":"it is gone","html":"<p>gone","data":{"resource":{"tags":{"team":"shop"}}}})";

Delivery delivery_for(std::string_view kind) {
  Delivery delivery = delivery_of(kind == "ses" ? kMail : R"({"a":1})");
  if (kind == "ses") delivery.content_type = kMailContentType;
  return delivery;
}

PlaceReport report_of(Sink& sink) {
  std::promise<PlaceReport> answer;
  sink.ask_place([&](PlaceReport report) { answer.set_value(std::move(report)); });
  return answer.get_future().get();
}

TEST_F(AwsSinkTest, a_place_is_asked_whether_it_is_there) {
  HttpServerResponse answer;
  start([&](const SeenRequest&) { return answer; });
  const auto error = [](int status, const std::string& code) {
    return json_answer(status, "{\"__type\":\"" + code + "\",\"message\":\"no\"}");
  };
  for (const Kind& kind : kAwsKinds) {
    const auto sink = open(kind.name, kind.yaml);
    answer = json_answer(200, "{}");
    EXPECT_EQ(report_of(*sink).state, PlaceState::well) << kind.name;
    answer = error(403, "AccessDeniedException");
    const PlaceReport denied = report_of(*sink);
    EXPECT_EQ(denied.state, PlaceState::unknown) << kind.name << denied.detail;
    EXPECT_NE(denied.detail.find("may not ask"), std::string::npos) << kind.name;
    for (const auto& [status, code] : std::initializer_list<std::pair<int, const char*>>{
             {404, "NotFound"}, {400, "QueueDoesNotExist"}, {403, "InvalidClientTokenId"}}) {
      answer = error(status, code);
      const PlaceReport wrong = report_of(*sink);
      EXPECT_EQ(wrong.state, PlaceState::wrong) << kind.name << " " << code;
      EXPECT_NE(wrong.detail.find(code), std::string::npos) << kind.name << wrong.detail;
      EXPECT_EQ(wrong.detail.find("secret-of-example"), std::string::npos);
    }
  }
  for (const SeenRequest& seen : service_->seen()) {
    EXPECT_EQ(seen.target.find("invocations"), std::string::npos);
    EXPECT_EQ(seen.target.find("outbound"), std::string::npos);
    EXPECT_NE(seen.method, "PUT");
  }
}

TEST_F(AwsSinkTest, every_class_of_error_has_its_verdict) {
  struct Case {
    int status;
    const char* code;
    Verdict verdict;
  };
  HttpServerResponse answer;
  start([&](const SeenRequest&) { return answer; });
  for (const Case& each :
       {Case{400, "ThrottlingException", Verdict::retry},
        Case{429, "TooManyRequestsException", Verdict::retry},
        Case{503, "SlowDown", Verdict::retry}, Case{500, "InternalFailure", Verdict::retry},
        Case{502, "", Verdict::retry}, Case{403, "AccessDenied", Verdict::unavailable},
        Case{403, "ExpiredToken", Verdict::unavailable},
        Case{403, "InvalidClientTokenId", Verdict::unavailable},
        Case{400, "QueueDoesNotExist", Verdict::unavailable},
        Case{404, "NotFound", Verdict::unavailable},
        Case{404, "NoSuchBucket", Verdict::unavailable}, Case{400, "NewException", Verdict::retry},
        Case{418, "", Verdict::retry}, Case{307, "TemporaryRedirect", Verdict::retry},
        Case{301, "PermanentRedirect", Verdict::unavailable},
        Case{400, "ValidationException", Verdict::reject},
        Case{413, "RequestEntityTooLargeException", Verdict::reject}}) {
    answer = json_answer(each.status,
                         "{\"__type\":\"" + std::string(each.code) + "\",\"message\":\"no\"}");
    answer.headers = {{"Retry-After", "9"}};
    for (const Kind& kind : kAwsKinds) {
      const auto sink = open(kind.name, kind.yaml);
      const auto attempts = deliver(*sink, {delivery_for(kind.name)});
      EXPECT_EQ(name_of(attempts[0].verdict), name_of(each.verdict))
          << kind.name << " " << each.code;
      EXPECT_EQ(attempts[0].status, each.status) << kind.name;
      EXPECT_EQ(attempts[0].retry_after, std::chrono::seconds(9)) << kind.name;
      EXPECT_NE(attempts[0].detail.find(each.code), std::string::npos) << kind.name;
      EXPECT_EQ(attempts[0].detail.find("secret-of-example"), std::string::npos);
    }
  }
}

TEST_F(AwsSinkTest, no_credentials_is_for_a_person) {
  start([](const SeenRequest&) { return json_answer(200, "{}"); });
  aws_->stop();
  aws_thread_.join();
  AwsHome empty;
  empty.set("AWS_REGION", "eu-west-1");
  aws_ = std::make_unique<AwsClient>(http_, clock_, empty.surroundings());
  aws_thread_ = std::jthread([this] { aws_->run(); });
  for (const Kind& kind : kAwsKinds) {
    const auto sink = open(kind.name, kind.yaml);
    EXPECT_EQ(deliver(*sink, {delivery_for(kind.name)})[0].verdict, Verdict::unavailable)
        << kind.name;
  }
}

std::vector<Delivery> ten(std::string_view payload) {
  static const std::vector<std::string> ids = [] {
    std::vector<std::string> made;
    for (int i = 0; i < 10; ++i)
      made.push_back("0123456789abcdef0123456789abcde" + std::to_string(i));
    return made;
  }();
  std::vector<Delivery> batch;
  for (const std::string& id : ids) {
    batch.push_back(delivery_of(payload));
    batch.back().id = id;
  }
  return batch;
}

TEST_F(AwsSinkTest, half_a_batch_of_a_queue_may_be_refused) {
  start([](const SeenRequest&) {
    return json_answer(200, R"({"Successful":[{"Id":"0"},{"Id":"2"}],"Failed":[
        {"Id":"1","Code":"InternalError","SenderFault":false},
        {"Id":"3","Code":"InvalidMessageContents","SenderFault":true,"Message":"no"},
        {"Id":"5","Code":"InvalidMessageContents","SenderFault":false},
        {"Id":"6","Code":"NewException","SenderFault":true}]})");
  });
  const auto sink = open("sqs", kAwsKinds[0].yaml);
  auto batch = ten("{}");
  batch.resize(7);
  const auto attempts = deliver(*sink, batch);
  EXPECT_EQ(attempts[0].verdict, Verdict::delivered);
  EXPECT_EQ(attempts[1].verdict, Verdict::retry);
  EXPECT_EQ(attempts[2].verdict, Verdict::delivered);
  EXPECT_EQ(attempts[3].verdict, Verdict::reject);
  EXPECT_EQ(attempts[3].detail, "InvalidMessageContents: no");
  EXPECT_EQ(attempts[4].verdict, Verdict::retry) << "the answer does not name it";
  EXPECT_EQ(attempts[5].verdict, Verdict::retry) << "they blame themselves";
  EXPECT_EQ(attempts[6].verdict, Verdict::retry) << "nobody knows that";
  const AwsJson body = AwsJson::parse(service_->seen().at(0).body).value();
  EXPECT_EQ(body.items("Entries").size(), 7u);
  EXPECT_EQ(body.items("Entries")[4].text("MessageAttributes.id.StringValue"),
            "0123456789abcdef0123456789abcde4");
  EXPECT_EQ(body.items("Entries")[4].text("MessageGroupId"), "");
}

TEST_F(AwsSinkTest, a_request_never_exceeds_its_bytes) {
  std::mutex mutex;
  std::vector<size_t> sizes;
  start([&](const SeenRequest& request) {
    const AwsJson body = AwsJson::parse(request.body).value();
    std::string successful;
    size_t bytes = 0;
    for (const AwsJson& entry : body.items("Entries")) {
      bytes += entry.text("MessageBody").size();
      successful += (successful.empty() ? "{\"Id\":\"" : ",{\"Id\":\"") + entry.text("Id") + "\"}";
    }
    const std::lock_guard lock(mutex);
    sizes.push_back(bytes);
    return json_answer(200, "{\"Successful\":[" + successful + "]}");
  });
  const auto sink = open("sqs", kAwsKinds[0].yaml);
  const std::string large(100'000, 'x');
  auto batch = ten(large);
  const std::string too_large(300'000, 'x');
  batch[3].payload = too_large;
  const auto attempts = deliver(*sink, batch);
  for (size_t i = 0; i < attempts.size(); ++i) {
    EXPECT_EQ(attempts[i].verdict, i == 3 ? Verdict::reject : Verdict::delivered);
  }
  EXPECT_EQ(sizes.size(), 5u);
  for (const size_t size : sizes) EXPECT_LE(size, 262'144u);
}

TEST_F(AwsSinkTest, fifo_queues_order_by_resource_and_drop_repeats_by_id) {
  start([](const SeenRequest&) { return json_answer(200, R"({"Successful":[{"Id":"0"}]})"); });
  const auto sink = open("sqs", kAwsKinds[0].yaml + ".fifo");
  Delivery delivery = delivery_of("{}");
  EXPECT_EQ(deliver(*sink, {delivery})[0].verdict, Verdict::delivered);
  const std::string long_id = "arn:aws:" + std::string(200, 'x');
  delivery.resource = long_id;
  deliver(*sink, {delivery});
  delivery.resource = "name with blank";
  deliver(*sink, {delivery});
  std::set<std::string> groups;
  for (const SeenRequest& request : service_->seen()) {
    const AwsJson entry = AwsJson::parse(request.body).value().items("Entries").at(0);
    EXPECT_EQ(entry.text("MessageDeduplicationId"), delivery.key());
    EXPECT_LE(entry.text("MessageGroupId").size(), 128u);
    EXPECT_EQ(entry.text("MessageGroupId").find(' '), std::string::npos);
    groups.insert(entry.text("MessageGroupId"));
  }
  EXPECT_EQ(groups.size(), 3u);
  EXPECT_TRUE(groups.contains("arn:aws:ec2:eu-west-1:123456789012:instance/i-0a1b2c3d4e5f60001"));
}

TEST_F(AwsSinkTest, half_a_batch_of_a_topic_may_be_refused) {
  start([](const SeenRequest&) {
    return HttpServerResponse{
        .body =
            "<PublishBatchResponse><PublishBatchResult><Failed><member><Id>1</Id>"
            "<Code>InternalError</Code><SenderFault>false</SenderFault></member></Failed>"
            "<Successful><member><Id>0</Id><MessageId>m</MessageId></member></Successful>"
            "</PublishBatchResult></PublishBatchResponse>"};
  });
  const auto sink = open("sns", kAwsKinds[1].yaml);
  auto batch = ten("{\"a\":\"x&y\"}");
  batch.resize(2);
  const auto attempts = deliver(*sink, batch);
  EXPECT_EQ(attempts[0].verdict, Verdict::delivered);
  EXPECT_EQ(attempts[1].verdict, Verdict::retry);
  const QueryParameters fields = parse_query(service_->seen().at(0).body);
  EXPECT_EQ(*find_parameter(fields, "Action"), "PublishBatch");
  EXPECT_EQ(*find_parameter(fields, "PublishBatchRequestEntries.member.2.Message"),
            "{\"a\":\"x&y\"}");
  EXPECT_EQ(*find_parameter(
                fields,
                "PublishBatchRequestEntries.member.1.MessageAttributes.entry.1.Value.StringValue"),
            batch[0].id);
}

TEST_F(AwsSinkTest, events_of_a_bus_are_answered_by_their_place) {
  start([](const SeenRequest&) {
    return json_answer(200, R"({"FailedEntryCount":1,"Entries":[{"EventId":"1"},
        {"ErrorCode":"ThrottlingException","ErrorMessage":"slow"}]})");
  });
  const auto sink = open("eventbridge", kAwsKinds[2].yaml);
  auto batch = ten("{\"a\":1}");
  batch.resize(3);
  batch[2].payload = "[1]";
  const auto attempts = deliver(*sink, batch);
  EXPECT_EQ(attempts[0].verdict, Verdict::delivered);
  EXPECT_EQ(attempts[1].verdict, Verdict::retry);
  EXPECT_EQ(attempts[2].verdict, Verdict::reject) << "a detail is an object";
  const AwsJson entry = AwsJson::parse(service_->seen().at(0).body).value().items("Entries").at(0);
  EXPECT_EQ(entry.text("Source"), "statewire");
  EXPECT_EQ(entry.text("EventBusName"), "central");
  EXPECT_EQ(entry.text("Detail"), "{\"a\":1}");
  EXPECT_EQ(entry.items("Resources").at(0).text(""), batch[0].resource);
}

TEST_F(AwsSinkTest, a_function_that_fails_is_tried_again_and_a_broken_one_waits_for_a_person) {
  std::string error;
  start([&](const SeenRequest& request) {
    EXPECT_EQ(
        request.target,
        "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A1%3Afunction%3Areact/invocations");
    HttpServerResponse response = json_answer(200, error.empty() ? "null" : error);
    if (!error.empty()) response.headers = {{"X-Amz-Function-Error", "Unhandled"}};
    return response;
  });
  const auto sink = open("lambda", "function: arn:aws:lambda:eu-west-1:1:function:react");
  Delivery delivery = delivery_of("not json");
  delivery.content_type = "text/plain";
  EXPECT_EQ(deliver(*sink, {delivery})[0].verdict, Verdict::delivered);
  EXPECT_EQ(service_->seen().at(0).body, "{\"message\":\"not json\"}");
  error = R"({"errorType":"KeyError","errorMessage":"'x'","stackTrace":["secret"]})";
  const auto attempts = deliver(*sink, {delivery});
  EXPECT_EQ(attempts[0].verdict, Verdict::retry);
  EXPECT_EQ(attempts[0].detail, "the function failed: KeyError: 'x'");
  error = R"({"errorType":"Runtime.ImportModuleError","errorMessage":"no module"})";
  EXPECT_EQ(deliver(*sink, {delivery})[0].verdict, Verdict::unavailable);
}

TEST_F(AwsSinkTest, mails_have_subject_text_and_recipients_by_tag) {
  int status = 200;
  start([&](const SeenRequest&) {
    return json_answer(
        status,
        R"({"MessageId":"1","__type":"MessageRejected","message":"Email address is not verified."})");
  });
  const auto sink = open("ses",
                         "from: Statewire <s@example.org>\n"
                         "to: [\"{{resource.tags.team}}@example.org\", all@example.org]");
  EXPECT_EQ(deliver(*sink, {delivery_for("ses")})[0].verdict, Verdict::delivered);
  const AwsJson body = AwsJson::parse(service_->seen().at(0).body).value();
  EXPECT_EQ(body.items("Destination.ToAddresses").at(0).text(""), "shop@example.org");
  EXPECT_EQ(body.items("Destination.ToAddresses").size(), 1u) << "one call for each";
  EXPECT_EQ(body.text("FromEmailAddress"), "s@example.org");
  const std::optional<std::string> mail = base64_decoded(body.text("Content.Raw.Data"));
  ASSERT_TRUE(mail.has_value());
  for (const char* part : {"To: shop@example.org, all@example.org\r\n", "Subject: gone\r\n",
                           "\r\n\r\nit is gone\r\n", "<p>gone", "List-Id: people "}) {
    EXPECT_NE(mail->find(part), std::string::npos) << part << *mail;
  }
  const AwsJson other = AwsJson::parse(service_->seen().at(1).body).value();
  EXPECT_EQ(other.items("Destination.ToAddresses").at(0).text(""), "all@example.org");
  EXPECT_EQ(other.text("Content.Raw.Data"), body.text("Content.Raw.Data"));
  status = 400;
  EXPECT_EQ(deliver(*sink, {delivery_for("ses")})[0].verdict, Verdict::unavailable);
}

TEST_F(AwsSinkTest, one_address_that_ses_refuses_keeps_the_mail_from_nobody_else) {
  std::string error = "MessageRejected";
  start([&](const SeenRequest& request) {
    const bool is_refused = request.body.find("\"b@example.org\"") != std::string::npos;
    if (!is_refused) return json_answer(200, R"({"MessageId":"m"})");
    return json_answer(400, R"({"__type":")" + error + R"(","message":"it is not verified"})");
  });
  const auto sink =
      open("ses", "from: s@example.org\nto: [a@example.org, b@example.org, c@example.org]");
  const auto fates = [&] {
    std::string text;
    const std::vector<Attempt> attempts = deliver(*sink, {delivery_for("ses")});
    for (const Attempt& part : attempts[0].parts) {
      text += part.recipient.substr(0, 2) + std::string(name_of(part.verdict)) + " ";
    }
    return text;
  };
  EXPECT_EQ(fates(), "a@delivered b@unavailable c@delivered ");
  error = "BadRequestException";
  EXPECT_EQ(fates(), "a@delivered b@reject c@delivered ");
  const size_t calls = service_->seen().size();
  error = "ThrottlingException";
  EXPECT_EQ(fates(), "a@delivered b@retry c@retry ");
  EXPECT_EQ(service_->seen().size(), calls + 2) << "who is throttled does not go on";
}

TEST_F(AwsSinkTest, what_is_no_such_place_is_told_when_the_configuration_is_read) {
  start([](const SeenRequest&) { return json_answer(200, "{}"); });
  for (const Kind& wrong :
       {Kind{"sqs", "queue: name"}, Kind{"sns", "topic: name"},
        Kind{"s3", "bucket: s3://archive/x"}, Kind{"s3", "bucket: archive\nprefix: /x"},
        Kind{"ses", "from: nobody\nto: b@example.org"},
        Kind{"eventbridge", "bus: b\nsource: aws.ec2"},
        Kind{"lambda", "function: f\nregion: Frankfurt"}}) {
    Problems problems;
    const auto document = Document::parse("statewire.yaml", wrong.yaml, problems);
    SinkContext context{
        .http = http_, .clock = clock_, .aws = *aws_, .mail = mail_, .writers = writers_};
    MapReader keys(document->root());
    find_sink_kind(wrong.name)->open(keys, context);
    keys.finish();
    EXPECT_EQ(problems.errors(), 1u) << wrong.yaml << "\n" << problems.to_text();
  }
}

}  // namespace
}  // namespace statewire
