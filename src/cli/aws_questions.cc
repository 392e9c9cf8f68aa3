#include "cli/aws_questions.h"

#include <algorithm>
#include <cstdlib>

#include "aws/call_now.h"
#include "aws/xml.h"

namespace statewire {
namespace {

constexpr std::string_view kMetricVersion = "2010-08-01";
constexpr Duration kAskTimeout = std::chrono::seconds(10);

Error question_error(const AwsAnswer& answer) {
  if (answer.fault == AwsFault::denied) return bad_input("may not ask: " + answer.text());
  return answer.fault == AwsFault::missing || answer.status == 404 ? not_found(answer.text())
                                                                   : failed(answer.text());
}

}  // namespace

void cannot_ask(std::string_view what, const Error& error, std::string_view action,
                Findings& findings) {
  if (error.kind == ErrorKind::bad_input) {
    return findings.doubtful(what, error.text, "allow " + std::string(action));
  }
  findings.wrong(what, error.text, "look at the network, the proxy and the endpoint");
}

Result<AwsJson> AwsQuestions::ask(const AwsService& service, std::string_view target,
                                  std::string_view action, std::string_view body) const {
  const Result<AwsTarget> where = settings.target(service, region);
  if (!where) return where.error();
  const std::string operation(action.substr(action.find(':') + 1));
  AwsCall call = json_call(*where, std::string(target) + "." + operation,
                           service.key == kSqs.key ? "1.0" : "1.1", std::string(body));
  call.timeout = kAskTimeout;
  const AwsAnswer answer = call_now(call, credentials, clock);
  if (!answer.ok()) return question_error(answer);
  return AwsJson::parse(answer.response.body);
}

Result<std::optional<double>> AwsQuestions::metric(std::string_view queue, std::string_view name,
                                                   std::string_view statistic,
                                                   Duration over) const {
  const Result<AwsTarget> where = settings.target(kCloudWatch, region);
  if (!where) return where.error();
  const Time now = std::chrono::floor<std::chrono::minutes>(clock.now());
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(over).count();
  AwsCall call = query_call(*where, "GetMetricStatistics", kMetricVersion,
                            {{"Namespace", "AWS/SQS"},
                             {"MetricName", std::string(name)},
                             {"Dimensions.member.1.Name", "QueueName"},
                             {"Dimensions.member.1.Value", std::string(queue)},
                             {"StartTime", format_time(now - over)},
                             {"EndTime", format_time(now + std::chrono::minutes(1))},
                             {"Period", std::to_string(seconds)},
                             {"Statistics.member.1", std::string(statistic)}});
  call.timeout = kAskTimeout;
  const AwsAnswer answer = call_now(call, credentials, clock);
  if (!answer.ok()) return question_error(answer);
  const Result<AwsXml> xml = AwsXml::parse(answer.response.body);
  if (!xml) return xml.error();
  std::optional<double> largest;
  for (const AwsXml& point : xml->all("GetMetricStatisticsResult/Datapoints/member")) {
    const double value = std::strtod(point.text(statistic).c_str(), nullptr);
    largest = std::max(largest.value_or(value), value);
  }
  return largest;
}

}  // namespace statewire
