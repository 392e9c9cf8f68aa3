// A certificate that SNS signs with: its chain, its name, its key. Everything of OpenSSL that this
// needs stays in the source. Any thread.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace statewire {

// What is inside a certificate that was found good. Immutable.
class SnsSigningKey {
 public:
  struct Inside;
  explicit SnsSigningKey(std::shared_ptr<const Inside> inside) : inside_(std::move(inside)) {}

  // Whether `signature` is that of `text`: RSA with PKCS #1 1.5, over SHA-1 for version "1" and
  // SHA-256 for "2".
  bool has_signed(std::string_view text, std::string_view signature,
                  std::string_view version) const;
  // When the certificate ends.
  Time expires() const;

 private:
  std::shared_ptr<const Inside> inside_;
};

// Certificates that do not reach to an authority yet: the first signs, the others lead there. SNS
// serves the first alone.
class SnsCertificate {
 public:
  struct Inside;

  // PEM: the certificate, and perhaps some of its issuers'. bad_input where there is none.
  static Result<SnsCertificate> read(std::string_view pem);
  // One more issuer, as DER or PEM.
  Result<void> add_issuer(std::string_view bytes);

  // Where the certificate of the issuer that is missing can be had, by the last certificate's own
  // word; empty where that does not say.
  std::string issuer_url() const;

  struct Trust {
    std::string ca_file;             // PEM: the authorities to trust; empty: the system's.
    std::vector<std::string> names;  // It must be for one of these.
    Time now;
  };
  // not_found where an issuer is missing, bad_input where it is not good: of another name, expired,
  // by nobody who is trusted, or with a key that is no RSA key.
  Result<SnsSigningKey> check(const Trust& trust) const;

 private:
  explicit SnsCertificate(std::shared_ptr<Inside> inside) : inside_(std::move(inside)) {}

  std::shared_ptr<Inside> inside_;
};

}  // namespace statewire
