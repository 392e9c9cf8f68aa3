// compile_catalog <folder> <out.cc>: checks the catalog and writes it as C++, when the program is
// built. The same files always give the same output.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "catalog/compiled.h"
#include "catalog/load_folder.h"
#include "catalog/spec_codec.h"
#include "config/problems.h"

namespace statewire {
namespace {

constexpr size_t kBytesPerLine = 64;

// Octal escapes always have three digits, so that a digit may follow them.
std::string as_source(const std::string& bytes) {
  std::string out =
      "// Made by compile_catalog.\n#include \"catalog/catalog.h\"\n\nnamespace statewire {\n\n"
      "std::string_view compiled_catalog_bytes() {\n  static constexpr char kBytes[] =\n      \"";
  for (size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<uint8_t>(bytes[i]);
    if (i != 0 && i % kBytesPerLine == 0) out += "\"\n      \"";
    if (byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\' && byte != '?') {
      out += static_cast<char>(byte);
      continue;
    }
    out += '\\';
    for (const int shift : {6, 3, 0}) out += static_cast<char>('0' + ((byte >> shift) & 7));
  }
  out += "\";\n  return {kBytes, " + std::to_string(bytes.size()) +
         "};\n}\n\n}  // namespace statewire\n";
  return out;
}

int compile(const std::string& folder, const std::string& out_path) {
  CatalogSpec spec;
  Problems problems;
  // Shown relative to where the folder stands: "catalog/aws/ec2.yaml:3".
  const std::string shown = std::filesystem::path(folder).lexically_normal().filename().string();
  load_folder(folder, shown, spec, problems);
  std::fputs(problems.to_text().c_str(), stderr);
  if (!problems.ok()) return 1;
  const std::string bytes = encode(spec);
  const auto compiled = CompiledCatalog::build(std::move(spec));
  if (!compiled) {
    std::fprintf(stderr, "%s\n", compiled.error().text.c_str());
    return 1;
  }
  std::ofstream out(out_path, std::ios::binary | std::ios::trunc);
  out << as_source(bytes);
  out.close();
  if (out) return 0;
  std::fprintf(stderr, "%s: cannot be written\n", out_path.c_str());
  return 1;
}

}  // namespace
}  // namespace statewire

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: compile_catalog <folder> <out.cc>\n", stderr);
    return 2;
  }
  return statewire::compile(argv[1], argv[2]);
}
