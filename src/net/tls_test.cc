#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "net/http_client.h"
#include "net/http_server.h"
#include "net/loopback_for_test.h"

namespace statewire {
namespace {

// A certificate for 127.0.0.1 that nobody signed but itself, made by the openssl command.
HttpTlsFiles make_certificate(const std::string& name) {
  const std::string base = testing::TempDir() + "/net_tls_" + std::to_string(getpid()) + name;
  const HttpTlsFiles files{base + ".pem", base + ".key"};
  const std::string command =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "
      "/CN=" +
      name + " -addext subjectAltName=IP:127.0.0.1 -keyout " + files.key_file + " -out " +
      files.certificate_file + " 2>/dev/null";
  EXPECT_EQ(std::system(command.c_str()), 0);
  return files;
}

void answer(HttpServerRequest&& request, HttpResponder responder) {
  responder.respond({.status = 200,
                     .content_type = "text/plain",
                     .headers = {},
                     .body = "over TLS: " + request.body});
}

HttpServerOptions answering() {
  return {.limits = {}, .io_threads = 1, .handler = answer, .judge_head = {}};
}

Result<HttpResponse> post_to(const LoopbackServer& server, const std::string& ca_file,
                             std::string body = "x") {
  return fetch({.method = "POST",
                .url = server.url("/", "https"),
                .body = std::move(body),
                .response_bytes_max = 4 << 20,
                .tls = {.ca_file = ca_file}});
}

TEST(Tls, request_and_answer_pass) {
  const HttpTlsFiles files = make_certificate("one");
  LoopbackServer server(answering(), files);
  server.start();
  const std::string body(2 << 20, 'b');
  const auto response = post_to(server, files.certificate_file, body);
  ASSERT_TRUE(response.ok()) << response.error().text;
  EXPECT_EQ(response->body, "over TLS: " + body);
}

TEST(Tls, stranger_is_not_trusted) {
  LoopbackServer server(answering(), make_certificate("one"));
  server.start();
  const auto response = post_to(server, "");
  ASSERT_FALSE(response.ok());
  EXPECT_EQ(response.error().kind, ErrorKind::bad_input) << "for a person";
  EXPECT_NE(response.error().text.find(": certificate not trusted: "), std::string::npos)
      << response.error().text;
}

TEST(Tls, client_without_tls_is_closed) {
  LoopbackServer server(answering(), make_certificate("one"));
  server.start();
  RawClient client(server.port());
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  client.read_to_end();
  EXPECT_TRUE(client.is_closed_by_server());
}

TEST(Tls, unusable_files_are_named) {
  const HttpTlsFiles one = make_certificate("one");
  const HttpTlsFiles two = make_certificate("two");
  HttpServer server(answering());
  const auto error_for = [&](HttpTlsFiles files) {
    const auto port = server.listen({.address = "127.0.0.1", .port = 0, .tls = std::move(files)});
    return port.ok() ? std::string() : port.error().text;
  };
  EXPECT_NE(error_for({"/nowhere.pem", one.key_file})
                .find("cannot read the certificate file /nowhere.pem"),
            std::string::npos);
  EXPECT_NE(error_for({one.certificate_file, "/nowhere.key"}).find("cannot read the key file"),
            std::string::npos);
  EXPECT_NE(error_for({one.certificate_file, two.key_file}).find("mismatch"), std::string::npos)
      << error_for({one.certificate_file, two.key_file});
  EXPECT_NE(error_for({one.key_file, one.key_file}).find("certificate file"), std::string::npos);
}

TEST(Tls, clients_show_certificates_where_they_are_asked_for) {
  const HttpTlsFiles server_files = make_certificate("server");
  const HttpTlsFiles client = make_certificate("client");
  const HttpTlsFiles stranger = make_certificate("stranger");
  HttpTlsFiles demanding = server_files;
  demanding.client_ca_file = client.certificate_file;
  LoopbackServer server(answering(), demanding);
  server.start();
  const auto ask = [&](const std::string& certificate_file, const std::string& key_file) {
    return fetch({.url = server.url("/", "https"),
                  .tls = {.ca_file = server_files.certificate_file,
                          .certificate_file = certificate_file,
                          .key_file = key_file}});
  };
  EXPECT_TRUE(ask(client.certificate_file, client.key_file).ok());
  EXPECT_FALSE(ask("", "").ok());
  EXPECT_FALSE(ask(stranger.certificate_file, stranger.key_file).ok());
  const std::string both = client.certificate_file + ".both";
  std::ofstream(both) << std::ifstream(client.certificate_file).rdbuf()
                      << std::ifstream(client.key_file).rdbuf();
  EXPECT_TRUE(ask(both, "").ok()) << "one file may hold certificate and key";
}

TEST(Tls, unusable_files_of_a_client_are_named) {
  const HttpTlsFiles one = make_certificate("one");
  const HttpTlsFiles two = make_certificate("two");
  const auto error_for = [](ClientTls tls) {
    const Result<void> checked = check_client_tls(tls);
    return checked ? std::string() : checked.error().text;
  };
  EXPECT_EQ(error_for({}), "");
  EXPECT_EQ(error_for({.ca_file = two.certificate_file,
                       .certificate_file = one.certificate_file,
                       .key_file = one.key_file}),
            "");
  EXPECT_NE(error_for({.ca_file = "/nowhere.pem"}).find("/nowhere.pem"), std::string::npos);
  EXPECT_NE(error_for({.ca_file = one.key_file}).find(one.key_file), std::string::npos);
  EXPECT_NE(error_for({.certificate_file = one.certificate_file, .key_file = two.key_file})
                .find("mismatch"),
            std::string::npos);
  EXPECT_NE(error_for({.certificate_file = one.certificate_file}).find("key file"),
            std::string::npos)
      << "it holds no key";
}

TEST(Tls, reload_takes_the_new_certificate_or_keeps_the_old) {
  const HttpTlsFiles served = make_certificate("served");
  const HttpTlsFiles other = make_certificate("other");
  const std::string first =
      testing::TempDir() + "/net_tls_first" + std::to_string(getpid()) + ".pem";
  std::filesystem::copy_file(served.certificate_file, first,
                             std::filesystem::copy_options::overwrite_existing);
  LoopbackServer server(answering(), served);
  server.start();
  {
    std::ofstream(served.key_file) << "broken";
  }
  EXPECT_FALSE(HttpServer::read_tls(served).ok());
  EXPECT_TRUE(post_to(server, first).ok());
  std::filesystem::rename(other.certificate_file, served.certificate_file);
  std::filesystem::rename(other.key_file, served.key_file);
  const auto fresh = HttpServer::read_tls(served);
  ASSERT_TRUE(fresh.ok());
  EXPECT_TRUE(post_to(server, first).ok()) << "read is not yet used";
  server.server().use_tls(*fresh);
  EXPECT_TRUE(post_to(server, served.certificate_file).ok());
  EXPECT_FALSE(post_to(server, first).ok());
}

}  // namespace
}  // namespace statewire
