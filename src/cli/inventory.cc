// What code declares, and how what is there differs from it.
#include <algorithm>

#include "base/text.h"
#include "cli/client.h"
#include "cli/commands.h"
#include "cli/list.h"

namespace statewire {
namespace {

Cell show_last_read(JsonElement inventory) { return {short_time(text_at(inventory, "last_read"))}; }
Cell show_alarm(JsonElement inventory, std::string_view path) {
  const std::string text = text_at(inventory, path);
  return {text, text.empty() || text == "0" ? Tint::none : Tint::doubtful};
}
Cell show_lost(JsonElement inventory) { return show_alarm(inventory, "lost"); }
Cell show_out_of_band(JsonElement inventory) { return show_alarm(inventory, "out_of_band"); }

constexpr ListColumn kInventoryColumns[] = {
    {.title = "inventory", .path = "name", .fit = Fit::end},
    {.title = "kind", .path = "kind"},
    {.title = "declares", .path = "declares", .align = Align::right},
    {.title = "resources", .path = "resources", .align = Align::right},
    {.title = "matched", .path = "matched", .align = Align::right},
    {.title = "not seen", .path = "not_seen", .align = Align::right},
    {.title = "ended", .path = "ended", .align = Align::right},
    {.title = "out of band",
     .path = "out_of_band",
     .align = Align::right,
     .show = show_out_of_band},
    {.title = "lost", .path = "lost", .align = Align::right, .show = show_lost},
    {.title = "not joined", .path = "unjoined", .align = Align::right},
    {.title = "last read", .path = "last_read", .show = show_last_read, .fit = Fit::moment},
    {.title = "trouble", .path = "trouble", .fit = Fit::end, .spare = 1},
};

constexpr ListColumn kUnjoinedColumns[] = {
    {.title = "address", .path = "address", .fit = Fit::end},
    {.title = "type", .path = "type", .fit = Fit::end},
    {.title = "reason", .path = "reason", .fit = Fit::end},
};

// "602 of 731 known resources are declared (82 %); 118 belong to declared parents; 11 are
// unmanaged"
std::string coverage(JsonElement all) {
  const uint64_t known = number_at(all, "known");
  const uint64_t declared = number_at(all, "declared");
  const uint64_t children = number_at(all, "children");
  std::string line =
      std::to_string(declared) + " of " + std::to_string(known) + " known resources are declared";
  if (known > 0) line += " (" + std::to_string(100 * declared / known) + " %)";
  if (children > 0) line += "; " + std::to_string(children) + " belong to declared parents";
  for (const std::string_view drift : {"unmanaged", "lost"}) {
    const uint64_t count = number_at(all, "drift." + std::string(drift));
    line.append("; ").append(std::to_string(count)).append(" ").append(drift);
  }
  line += "; " + std::to_string(number_at(all, "drift.out_of_band")) + " out of band";
  return line;
}

// What nobody is told of, and how to find out; empty where there is none.
std::string withheld(JsonElement all) {
  const std::string what = withheld_text(all);
  return what.empty() ? "" : what + "; they stand again once one reads it\n";
}

// A state that is copied or checked out anew says that it was written then, and so after the end.
std::string ended(JsonElement inventory) {
  const uint64_t count = number_at(inventory, "ended");
  if (count == 0) return {};
  return text_at(inventory, "name") + ": " + counted(count, "declared resource") +
         " ended and not lost: by the tool or the provider, by nobody who is known yet, or before "
         "the state was written, as which a copy or a new checkout counts too; a plan of the tool "
         "says whether the code still wants " +
         (count == 1 ? "it" : "them") + "\n";
}

std::string waits(JsonElement inventory) {
  std::string lines;
  for (const JsonElement wait : items_at(inventory, "waits")) {
    lines += text_at(inventory, "name") + ": " + text_at(wait, "place") +
             " has not answered since " + short_time(text_at(wait, "since")) +
             "; the rest is read without it\n";
  }
  return lines;
}

std::string withholds(JsonElement inventory) {
  const std::string what = text_at(inventory, "withholds");
  return what.empty() ? "" : text_at(inventory, "name") + " is not read whole: " + what + "\n";
}

// Where an inventory cannot be read, nobody knows. Without a daemon none is.
bool is_all_well(JsonElement all) {
  for (const JsonElement inventory : items_at(all, "inventories")) {
    if (text_at(inventory, "kind").empty()) continue;  // Not configured any more.
    if (!is_true_at(inventory, "up") || text_at(inventory, "last_read").empty()) return false;
  }
  for (const char* drift : {"drift.out_of_band", "drift.unmanaged", "drift.lost"}) {
    if (number_at(all, drift) > 0) return false;
  }
  return true;
}

ExitCode list_unjoined(JsonElement all, const Invocation& invocation, Terminal& terminal) {
  ListWriter list(terminal, {.form = output_form(invocation)}, kUnjoinedColumns);
  for (const JsonElement inventory : items_at(all, "inventories")) {
    list.add(items_at(inventory, "not_joined"));
  }
  return list.finish({.noun = "instance", .if_empty = "all that is declared is joined"});
}

}  // namespace

ExitCode run_inventory(const Invocation& invocation, Terminal& terminal) {
  return with_client(invocation, terminal, Access::read, [&](Client& client) {
    const Result<std::string> json = client.inventory();
    const Result<Reply> reply = json ? Reply::parse(*json) : json.error();
    if (!reply) return fail(reply.error(), terminal);
    const JsonElement all = reply->root();
    if (invocation.has("--not-joined")) return list_unjoined(all, invocation, terminal);
    const OutputForm form = output_form(invocation);
    const bool is_failing = invocation.has("--check") && !is_all_well(all);
    if (form == OutputForm::json) {
      terminal.write_data(*json + "\n");
      return is_failing ? ExitCode::failed : ExitCode::well;
    }
    ListWriter list(terminal, {.form = form}, kInventoryColumns);
    list.add(items_at(all, "inventories"));
    const ExitCode listed = list.finish(
        {.noun = "inventory", .if_empty = "no inventory was read; inventory: names what to read"});
    if (listed != ExitCode::well) {
      if (is_table(form)) terminal.write(withheld(all));
      return listed;
    }
    if (is_table(form)) {
      terminal.write("\n" + coverage(all) + "\n" + withheld(all));
      for (const JsonElement each : items_at(all, "inventories")) {
        terminal.write(waits(each) + withholds(each) + ended(each));
      }
    }
    return is_failing ? ExitCode::failed : ExitCode::well;
  });
}

}  // namespace statewire
