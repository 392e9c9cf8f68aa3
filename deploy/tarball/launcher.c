// bin/statewire of the tarball: starts the program with the loader and the libraries beside it, so
// that it needs none of the system's. Linked statically. As `bootstrap`, in the folder itself, it is
// what Lambda starts.
#define _GNU_SOURCE
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

// The library that Debian builds looks for authorities there; other systems keep them elsewhere.
static const char kDebianAuthorities[] = "/etc/ssl/certs/ca-certificates.crt";
static const char* const kAuthorities[] = {
    "/etc/pki/tls/certs/ca-bundle.crt",  // Fedora, RHEL, Amazon Linux.
    "/etc/ssl/ca-bundle.pem",            // SUSE.
    "/etc/ssl/cert.pem",                 // Alpine.
};

static char* path_of(const char* folder, const char* rest) {
  char* path = NULL;
  if (asprintf(&path, "%s/%s", folder, rest) < 0) abort();
  return path;
}

// Cuts the last part off a path, and returns it.
static const char* cut_last(char* path) {
  char* const slash = strrchr(path, '/');
  if (slash == NULL) return path;
  *slash = '\0';
  return slash + 1;
}

// A system without any gets those of the tarball.
static void set_authorities(const char* folder) {
  if (getenv("SSL_CERT_FILE") != NULL || access(kDebianAuthorities, R_OK) == 0) return;
  char* found = path_of(folder, "share/statewire/ca-certificates.crt");
  for (size_t i = 0; i < sizeof kAuthorities / sizeof *kAuthorities; ++i) {
    if (access(kAuthorities[i], R_OK) != 0) continue;
    found = (char*)kAuthorities[i];
    break;
  }
  setenv("SSL_CERT_FILE", found, 1);
}

int main(int argc, char** argv) {
  char own[PATH_MAX];
  const ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);
  if (length > 0) {
    own[length] = '\0';
  } else if (realpath((const char*)getauxval(AT_EXECFN), own) == NULL) {
    perror("statewire: where it is installed");  // There is no /proc.
    return 1;
  }
  const int is_bootstrap = strcmp(cut_last(own), "bootstrap") == 0;
  if (!is_bootstrap) cut_last(own);  // FOLDER/bin/statewire
  set_authorities(own);
  char** const arguments = calloc((size_t)argc + 8, sizeof *arguments);
  if (arguments == NULL) abort();
  size_t count = 0;
  arguments[count++] = path_of(own, "lib/ld-linux-x86-64.so.2");
  arguments[count++] = "--argv0";
  arguments[count++] = argc > 0 ? argv[0] : "statewire";
  arguments[count++] = "--library-path";
  arguments[count++] = path_of(own, "lib");
  arguments[count++] = path_of(own, "lib/statewire");
  if (is_bootstrap) arguments[count++] = "lambda";
  for (int i = 1; i < argc; ++i) arguments[count++] = argv[i];
  execv(arguments[0], arguments);
  perror(arguments[0]);
  return 1;
}
