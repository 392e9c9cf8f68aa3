// Addresses, the text of mails, and what SMTP's codes mean. What a server gets is in tests/people.
#include <gtest/gtest.h>

#include "config/document.h"
#include "format/sink_formats.h"
#include "sinks/mail_address.h"
#include "sinks/mail_message.h"
#include "sinks/mail_sink.h"
#include "sinks/sink_fixture_test.h"
#include "sinks/smtp_verdicts.h"

namespace statewire {
namespace {

TEST(MailAddress, is_plain_or_is_none) {
  for (const char* good : {"ops@example.org", "a.b+c-d_e=f@sub.example.org", "1@localhost",
                           "a@xn--bcher-kva.example"}) {
    EXPECT_TRUE(is_mail_address(good)) << good;
  }
  for (const char* bad : {"",
                          "ops",
                          "@example.org",
                          "ops@",
                          "a@b@c",
                          "a b@c",
                          "a,b@c",
                          "a@c, d@e",
                          "<a@c>",
                          "\"a\"@c",
                          "a@c\r\nBcc: x@y",
                          "a\n@c",
                          "a%b@c",
                          "a!b@c",
                          ".a@c",
                          "a.@c",
                          "a..b@c",
                          "-a@c",
                          "a@-c",
                          "a@c-",
                          "a@c..d",
                          "a@c.",
                          "a@[127.0.0.1]",
                          "ä@c",
                          "a@ä",
                          "a;b@c",
                          "a(b)@c",
                          "a@c\t",
                          "a:b@c"}) {
    EXPECT_FALSE(is_mail_address(bad)) << bad;
  }
  EXPECT_FALSE(is_mail_address(std::string(65, 'a') + "@c"));
  EXPECT_FALSE(is_mail_address("a@" + std::string(64, 'c')));
}

TEST(MailAddress, sender_may_have_a_name) {
  EXPECT_EQ(parse_mailbox("Statewire <a@example.org>")->name, "Statewire");
  EXPECT_EQ(parse_mailbox("Statewire <a@example.org>")->address, "a@example.org");
  EXPECT_EQ(parse_mailbox("a@example.org")->name, "");
  EXPECT_EQ(parse_mailbox("Zustände <a@example.org>")->name, "Zustände");
  EXPECT_EQ(parse_mailbox("\"State, wire\" <a@example.org>")->name, "State, wire");
  for (const char* bad :
       {"", "Statewire", "S <a@b", "S a@b>", "S <a b@c>", "S\" <a@b>", "S\r\n <a@b>", "S <<a@b>"}) {
    EXPECT_FALSE(parse_mailbox(bad).has_value()) << bad;
  }
}

std::string resolved(const AddressTemplate& address, const std::string& value) {
  const Result<std::string> made = address.resolve([&](std::string_view path) {
    EXPECT_EQ(path, "resource.tags.team");
    return value;
  });
  return made ? *made : "refused: " + made.error().text;
}

TEST(AddressTemplate, takes_values_that_are_part_of_an_address) {
  const auto address = AddressTemplate::parse("{{resource.tags.team}}@example.org");
  ASSERT_TRUE(address.ok());
  EXPECT_EQ(resolved(*address, "shop"), "shop@example.org");
  EXPECT_EQ(resolved(*address, "a.b-c_d+e"), "a.b-c_d+e@example.org");
  EXPECT_EQ(resolved(*address, ""), "refused: resource.tags.team is not known");
}

TEST(AddressTemplate, refuses_values_that_break_out) {
  const auto address = AddressTemplate::parse("{{resource.tags.team}}@example.org");
  for (const char* value :
       {"a\r\nBcc: x", "a\n",        "a\r",          "a, b", "a b", "<a>", "a>",
        "\"a\"",       "x@evil.org", "x@evil.org,a", "a;b",  "a\\", "(a)", "x%evil.org",
        "evil!x",      "ä",          "a\t",          " a",   "-oQ", "."}) {
    EXPECT_TRUE(resolved(*address, value).starts_with("refused: ")) << value;
  }
  EXPECT_FALSE(address->resolve([](auto) { return std::string("a\0b", 3); }).ok());
}

TEST(AddressTemplate, of_one_field_may_be_a_whole_address) {
  const auto address = AddressTemplate::parse("{{ resource.tags.team }}");
  ASSERT_TRUE(address.ok()) << address.error().text;
  EXPECT_EQ(resolved(*address, "ops@example.org"), "ops@example.org");
  EXPECT_TRUE(resolved(*address, "ops").starts_with("refused"));
}

TEST(AddressTemplate, mistakes_are_told) {
  for (const auto& [text, part] : std::initializer_list<std::pair<const char*, const char*>>{
           {"{{resource.tags.team@x", "not closed"},
           {"{{resource.tag}}@x", "no such field"},
           {"{{resource.tags.team}}", ""},
           {"{{resource.tags.team}}@a b", "wanted an address"},
           {"a, b@x", "wanted an address"},
           {"", "wanted an address"}}) {
    const auto address = AddressTemplate::parse(text);
    if (*part == '\0') {
      EXPECT_TRUE(address.ok()) << text;
    } else {
      ASSERT_FALSE(address.ok()) << text;
      EXPECT_NE(address.error().text.find(part), std::string::npos) << address.error().text;
    }
  }
}

MailContent example_mail() {
  return {.from = {"Statewire", "statewire@example.org"},
          .to = {"ops@example.org", "shop@example.org"},
          .subject = "EC2 instance web-1 is running",
          .text = "running\n",
          .html = "<p>running</p>",
          .date = *parse_time("2026-11-23T09:00:12Z"),
          .key = "0123456789abcdef0123456789abcdef",
          .id = "fedcba9876543210fedcba9876543210",
          .thread = "arn:aws:s3:::x",
          .subscription = "people"};
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(MailMessage, has_the_headers_that_mail_programs_use) {
  const std::string mail = mail_message(example_mail());
  for (const char* header :
       {"Date: Mon, 23 Nov 2026 09:00:12 +0000\r\n",
        "From: \"Statewire\" <statewire@example.org>\r\n",
        "To: ops@example.org, shop@example.org\r\n", "Subject: EC2 instance web-1 is running\r\n",
        "Message-ID: <0123456789abcdef0123456789abcdef@example.org>\r\n",
        "List-Id: people <people.statewire.example.org>\r\n", "Auto-Submitted: auto-generated\r\n",
        "MIME-Version: 1.0\r\n",
        "Content-Type: multipart/alternative;\r\n boundary=\"=_0123456789abcdef"}) {
    EXPECT_TRUE(has(mail, header)) << header << "\n" << mail;
  }
}

TEST(MailMessage, a_repeat_is_the_same_mail) {
  EXPECT_EQ(mail_message(example_mail()), mail_message(example_mail()));
}

std::string header_of(const std::string& mail, const std::string& name) {
  const size_t at = mail.find("\r\n" + name + ": ") + 2;
  return mail.substr(at, mail.find("\r\n", at) - at);
}

TEST(MailMessage, what_is_about_one_resource_is_one_conversation) {
  MailContent content = example_mail();
  const std::string first = mail_message(content);
  content.key = "f0000000000000000000000000000000";
  content.subject = "gone";
  const std::string second = mail_message(content);
  EXPECT_EQ(header_of(first, "References"), header_of(second, "References"));
  EXPECT_EQ(header_of(first, "In-Reply-To").substr(13), header_of(first, "References").substr(12));
  EXPECT_NE(header_of(first, "Message-ID"), header_of(second, "Message-ID"));
  content.thread = "arn:aws:s3:::y";
  EXPECT_NE(header_of(first, "References"), header_of(mail_message(content), "References"));
}

TEST(MailMessage, nothing_breaks_out_of_a_header) {
  MailContent content = example_mail();
  content.subject = "a\r\nBcc: x@evil.org\r\n\r\nbody";
  content.from.name = "Zustände";
  const std::string mail = mail_message(content);
  EXPECT_FALSE(has(mail, "\r\nBcc"));
  EXPECT_TRUE(has(mail, "Subject: =?UTF-8?B?YQ0KQmNjOiB4QGV2aWwub3JnDQoNCmJvZHk=?=\r\n"));
  EXPECT_TRUE(has(mail, "From: =?UTF-8?B?WnVzdMOkbmRl?=\r\n <statewire@example.org>\r\n"));
}

TEST(MailMessage, long_headers_are_folded) {
  std::string long_subject;
  for (int i = 0; i < 40; ++i) long_subject += "word ";
  for (const std::string& subject : {long_subject, long_subject + "ä", std::string(300, 'x')}) {
    std::string header = encoded_header("Subject", subject);
    EXPECT_TRUE(header.ends_with("\r\n"));
    header.resize(header.size() - 2);
    for (size_t at = 0; at < header.size();) {
      const size_t end = std::min(header.find("\r\n", at), header.size());
      EXPECT_LE(end - at, subject.size() == 300 ? 400u : 78u);
      EXPECT_TRUE(at == 0 || header[at] == ' ');
      at = end + 2;
    }
  }
}

TEST(MailMessage, one_part_needs_no_boundary) {
  MailContent content = example_mail();
  content.html.clear();
  EXPECT_TRUE(has(mail_message(content), "Content-Type: text/plain; charset=utf-8\r\n"));
  EXPECT_FALSE(has(mail_message(content), "multipart"));
  content = example_mail();
  content.text.clear();
  EXPECT_TRUE(has(mail_message(content), "Content-Type: text/html; charset=utf-8\r\n"));
}

TEST(QuotedPrintable, keeps_lines_short_and_7_bit) {
  EXPECT_EQ(quoted_printable("a=b"), "a=3Db");
  EXPECT_EQ(quoted_printable("ä \nb\t\n"), "=C3=A4=20\r\nb=09\r\n");
  EXPECT_EQ(quoted_printable(".\nFrom x"), "=2E\r\n=46rom x");
  EXPECT_EQ(quoted_printable("a\r\nb"), "a\r\nb");
  EXPECT_EQ(quoted_printable(std::string("\0\x7f", 2)), "=00=7F");
  const std::string lines = quoted_printable(std::string(500, 'x') + std::string(200, '='));
  for (size_t at = 0; at < lines.size();) {
    const size_t end = std::min(lines.find("\r\n", at), lines.size());
    EXPECT_LE(end - at, 76u);
    at = end + 2;
  }
}

constexpr SmtpStage kStages[] = {SmtpStage::greeting, SmtpStage::hello,  SmtpStage::starttls,
                                 SmtpStage::auth,     SmtpStage::sender, SmtpStage::recipient,
                                 SmtpStage::data,     SmtpStage::message};

TEST(SmtpCodes, are_judged_by_their_stage) {
  for (const SmtpStage stage : kStages) {
    for (const int code : {421, 450, 451, 452, 454}) {
      EXPECT_EQ(verdict_for_smtp(stage, code, ""), Verdict::retry) << name_of(stage) << code;
    }
    for (const int code : {530, 534, 535, 538}) {
      EXPECT_EQ(verdict_for_smtp(stage, code, ""), Verdict::unavailable) << name_of(stage) << code;
    }
    const bool is_about_us = stage < SmtpStage::recipient;
    for (const int code : {500, 502, 550, 553, 554}) {
      EXPECT_EQ(verdict_for_smtp(stage, code, ""),
                is_about_us ? Verdict::unavailable : Verdict::reject)
          << name_of(stage) << code;
    }
  }
  EXPECT_EQ(verdict_for_smtp(SmtpStage::sender, 552, ""), Verdict::reject);
  EXPECT_EQ(verdict_for_smtp(SmtpStage::sender, 554, "5.3.4 too big"), Verdict::reject);
  EXPECT_EQ(verdict_for_smtp(SmtpStage::recipient, 552, ""), Verdict::retry);
  EXPECT_EQ(verdict_for_smtp(SmtpStage::message, 552, ""), Verdict::reject);
  EXPECT_EQ(verdict_for_smtp(SmtpStage::auth, 432, ""), Verdict::unavailable);
}

TEST(SmtpCodes, that_all_recipients_get_for_our_sake_are_for_a_person) {
  const auto attempts = [](std::vector<std::pair<int, std::string>> replies) {
    SmtpOutcome outcome{.mail = {.stage = SmtpStage::recipient, .text = {}}, .recipients = {}};
    for (auto& [code, text] : replies) {
      outcome.recipients.push_back(
          {.stage = SmtpStage::recipient, .code = code, .text = std::move(text)});
    }
    return attempts_for(outcome);
  };
  for (const char* text : {"5.7.1 relaying denied", "5.7.1", "5.7.606 banned", "5.1.7 what?",
                           "5.1.8 bad sender", "5.1.8"}) {
    const std::vector<Attempt> refused = attempts({{550, text}, {554, "5.7.0 go away"}});
    ASSERT_EQ(refused.size(), 1u) << text;
    EXPECT_EQ(refused[0].verdict, Verdict::unavailable) << text;
    EXPECT_NE(refused[0].detail.find(text), std::string::npos) << refused[0].detail;
    EXPECT_EQ(attempts({{550, text}})[0].verdict, Verdict::unavailable) << "the only one";
    const std::vector<Attempt> one_of_two = attempts({{550, text}, {250, ""}});
    ASSERT_EQ(one_of_two.size(), 2u) << text;
    EXPECT_EQ(one_of_two[0].verdict, Verdict::reject) << text;
    EXPECT_EQ(attempts({{550, text}, {550, "5.1.1 who?"}})[0].verdict, Verdict::reject) << text;
  }
  for (const char* text : {"", "5.1.1 who?", "5.1.10 no mail", "5.1.70 what?", "5.2.1 disabled",
                           "relaying 5.7.1 denied"}) {
    EXPECT_EQ(attempts({{550, text}, {550, text}})[1].verdict, Verdict::reject) << text;
  }
  SmtpOutcome rest{.mail = {.stage = SmtpStage::recipient, .text = {}}, .recipients = {}};
  rest.recipients = {{.stage = SmtpStage::recipient, .code = 550, .text = "5.7.1 not you"}};
  EXPECT_EQ(attempts_for(rest, true)[0].verdict, Verdict::reject) << "others have it";
  EXPECT_EQ(attempts({{450, "5.7.1 odd"}, {450, "4.7.1 later"}})[0].verdict, Verdict::retry);
}

TEST(SmtpCodes, that_are_none_are_tried_again) {
  for (const int code : {100, 300, 354, 600, 999, 0}) {
    SmtpOutcome outcome{.mail = {.code = 250, .text = {}}, .recipients = {}};
    outcome.recipients = {{.stage = SmtpStage::recipient, .code = code, .text = "eh"},
                          {.stage = SmtpStage::recipient, .code = 250, .text = {}}};
    const std::vector<Attempt> attempts = attempts_for(outcome);
    ASSERT_EQ(attempts.size(), 2u);
    EXPECT_EQ(attempts[0].verdict, Verdict::retry) << code;
    EXPECT_EQ(attempts[1].verdict, Verdict::delivered) << code;
  }
}

// Takes every letter, and keeps to whom it went.
class KeptLetters final : public MailCarrier {
 public:
  explicit KeptLetters(std::vector<std::string>& to) : to_(to) {}
  void carry(Letter letter, Done done) override {
    to_ = std::move(letter.to);
    done({Attempt()});
  }

 private:
  std::vector<std::string>& to_;
};

TEST(MailSink, goes_to_those_that_it_is_for_alone) {
  Problems problems;
  const auto document = Document::parse(
      "statewire.yaml", "{from: a@x.org, to: [b@x.org, c@x.org, d@x.org]}", problems);
  MapReader keys(document->root());
  std::optional<MailForm> form = read_mail_form(keys);
  ASSERT_TRUE(form);
  std::vector<std::string> to;
  const auto sink = make_mail_sink(*std::move(form), std::make_unique<KeptLetters>(to));
  const auto send = [&](std::string_view recipients, std::string_view settled) {
    to.clear();
    const Delivery delivery{.id = "1",
                            .content_type = kMailContentType,
                            .payload = R"({"subject":"s","text":"t","data":{}})",
                            .recipients = recipients,
                            .settled_recipients = settled};
    Attempt attempt;
    sink->deliver({&delivery, 1}, [&](std::vector<Attempt> made) { attempt = made.at(0); });
    return attempt;
  };
  using Addresses = std::vector<std::string>;
  EXPECT_EQ(send("", "").verdict, Verdict::delivered);
  EXPECT_EQ(to, (Addresses{"b@x.org", "c@x.org", "d@x.org"}));
  EXPECT_EQ(send("c@x.org", "").verdict, Verdict::delivered);
  EXPECT_EQ(to, Addresses{"c@x.org"});
  EXPECT_EQ(send("gone@x.org,d@x.org", "").verdict, Verdict::delivered);
  EXPECT_EQ(to, Addresses{"d@x.org"});
  const Attempt gone = send("gone@x.org", "");
  EXPECT_EQ(gone.verdict, Verdict::reject);
  EXPECT_EQ(gone.detail, "it is for gone@x.org, and `to` does not name them any more");
  EXPECT_EQ(to, Addresses{});
  EXPECT_EQ(send("", "b@x.org,d@x.org").verdict, Verdict::delivered) << "of an earlier version";
  EXPECT_EQ(to, Addresses{"c@x.org"});
  EXPECT_EQ(send("", "b@x.org,c@x.org,d@x.org").verdict, Verdict::reject);
}

struct MailSinkOf {
  explicit MailSinkOf(const std::string& yaml) {
    Problems problems;
    const auto document = Document::parse("statewire.yaml", yaml, problems);
    MapReader keys(document->root());
    sink = make_mail_sink(*read_mail_form(keys), std::make_unique<KeptLetters>(to));
  }
  // Of a message whose team is not known.
  Attempt send(std::string_view recipients = {}, std::string_view settled = {},
               std::string_view tags = "", bool is_example = false) {
    to.clear();
    const std::string payload =
        R"({"subject":"s","text":"t","data":{"resource":{"tags":{)" + std::string(tags) + "}}}}";
    const Delivery delivery{.id = "1",
                            .content_type = kMailContentType,
                            .payload = payload,
                            .recipients = recipients,
                            .settled_recipients = settled,
                            .is_example = is_example};
    Attempt attempt;
    sink->deliver({&delivery, 1}, [&](std::vector<Attempt> made) { attempt = made.at(0); });
    return attempt;
  }

  std::vector<std::string> to;
  std::unique_ptr<Sink> sink;
};

constexpr const char* kTeamAndOps =
    "{from: a@x.org, to: [ops@x.org, '{{resource.tags.team}}@x.org', "
    "'{{resource.tags.a,b}}@x.org']}";
constexpr const char* kTeam = "{{resource.tags.team}}@x.org";

TEST(MailSink, a_recipient_without_an_address_is_refused_alone) {
  MailSinkOf mail(kTeamAndOps);
  const Attempt attempt = mail.send();
  EXPECT_EQ(mail.to, std::vector<std::string>{"ops@x.org"});
  ASSERT_EQ(attempt.parts.size(), 3u);
  EXPECT_EQ(attempt.parts[0].verdict, Verdict::delivered);
  EXPECT_EQ(attempt.parts[1].verdict, Verdict::reject);
  EXPECT_EQ(attempt.parts[1].recipient, kTeam);
  EXPECT_EQ(attempt.parts[1].detail, std::string(kTeam) + ": resource.tags.team is not known");
  EXPECT_EQ(attempt.parts[2].recipient, "{{resource.tags.a b}}@x.org") << "a list has commas";
}

TEST(MailSink, what_is_sent_again_to_whom_had_no_address_goes_to_it_alone) {
  MailSinkOf mail(kTeamAndOps);
  const std::string others = "ops@x.org,{{resource.tags.a b}}@x.org";
  const Attempt still = mail.send(kTeam, others);
  EXPECT_EQ(still.verdict, Verdict::reject);
  EXPECT_EQ(still.detail, "no recipient: resource.tags.team is not known");
  EXPECT_EQ(mail.to.size(), 0u);
  EXPECT_EQ(mail.send(kTeam, others, R"("team":"shop","a,b":"b")").verdict, Verdict::delivered);
  EXPECT_EQ(mail.to, std::vector<std::string>{"shop@x.org"});
}

TEST(MailSink, with_no_address_at_all_it_is_refused_as_a_whole) {
  MailSinkOf mail("{from: a@x.org, to: '{{resource.tags.team}}@x.org'}");
  const Attempt attempt = mail.send();
  EXPECT_EQ(attempt.verdict, Verdict::reject);
  EXPECT_EQ(attempt.detail, "no recipient: resource.tags.team is not known");
  EXPECT_TRUE(attempt.parts.empty());
}

TEST(MailSink, an_example_goes_to_nobody_whom_a_field_names) {
  constexpr const char* kTags = R"("team":"shop","a,b":"b")";
  MailSinkOf mail(kTeamAndOps);
  const Attempt attempt = mail.send("", "", kTags, true);
  EXPECT_EQ(attempt.verdict, Verdict::delivered);
  EXPECT_TRUE(attempt.parts.empty());
  EXPECT_EQ(mail.to, std::vector<std::string>{"ops@x.org"});
  EXPECT_EQ(attempt.detail, "sent to ops@x.org; left out, as an example's fields are made up: " +
                                std::string(kTeam) + " {{resource.tags.a b}}@x.org");
  MailSinkOf team("{from: a@x.org, to: '{{resource.tags.team}}@x.org', fallback: b@x.org}");
  EXPECT_EQ(team.send("", "", kTags, true).verdict, Verdict::delivered);
  EXPECT_EQ(team.to, std::vector<std::string>{"b@x.org"});
  MailSinkOf nobody("{from: a@x.org, to: '{{resource.tags.team}}@x.org'}");
  EXPECT_EQ(nobody.send("", "", kTags, true).verdict, Verdict::reject);
  EXPECT_TRUE(nobody.to.empty());
}

class EmailSinkTest : public SinkTest {
 protected:
  std::string told(const std::string& more) {
    const auto sink = open("email", "{host: mail.example.org, " + more + "}");
    return problems_->ok() ? sink != nullptr ? "" : "null" : problems_->to_text();
  }
};

TEST_F(EmailSinkTest, a_template_without_fallback_is_warned_of) {
  const std::string team =
      "{host: h.org, from: a@x.org, to: [b@x.org, '{{resource.tags.team}}@x.org']";
  ASSERT_NE(open("email", team + "}"), nullptr);
  EXPECT_NE(problems_->to_text().find("fallback: ops@example.org"), std::string::npos);
  ASSERT_NE(open("email", team + ", fallback: c@x.org}"), nullptr);
  EXPECT_EQ(problems_->to_text(), "");
}

TEST_F(EmailSinkTest, configuration_is_checked) {
  const std::string people = "from: a@example.org, to: b@example.org";
  EXPECT_EQ(told(people), "");
  EXPECT_EQ(
      told("from: S <a@x.org>, to: [b@x.org, \"{{resource.tags.team}}@x.org\"], "
           "fallback: ops@x.org, user: u, password: p, port: 2525, timeout: 5s, ehlo: a.x.org"),
      "");
  for (const auto& [more, part] : std::initializer_list<std::pair<std::string, const char*>>{
           {people + ", user: u", "a user has a password"},
           {people + ", password: p", "a password without a user"},
           {people + ", user: u, password: p, tls: none", "in the clear"},
           {people + ", port: 0", "port"},
           {people + ", ehlo: web1", "wanted a domain"},
           {people + ", tls: yes", "tls"},
           {"from: a b, to: b@example.org", "wanted an address"},
           {"from: a@x.org, to: []", "at least one recipient"},
           {"from: a@x.org, to: \"{{resource.team}}@x.org\"", "no such field"},
           {"from: a@x.org, to: a@x.org, fallback: nobody", "wanted an address"}}) {
    EXPECT_NE(told(more).find(part), std::string::npos) << more << "\n" << told(more);
  }
  EXPECT_EQ(
      open("email", "{host: \"a b\", from: a@x.org, to: b@x.org}") != nullptr && problems_->ok(),
      false);
}

}  // namespace
}  // namespace statewire
