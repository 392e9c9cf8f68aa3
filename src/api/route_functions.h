// What answers each route, but for events and the tail. Each reads its parameters first and
// refuses what is wrong with them before it reads anything else.
#pragma once

#include "api/route.h"

namespace statewire {

HttpServerResponse get_livez(const RouteContext& context, const RouteCall& call);
HttpServerResponse get_readyz(const RouteContext& context, const RouteCall& call);
HttpServerResponse get_metrics(const RouteContext& context, const RouteCall& call);
HttpServerResponse get_status(const RouteContext& context, const RouteCall& call);
RouteSteps begin_resources(const RouteContext& context, const RouteCall& call);
RouteSteps begin_inventory(const RouteContext& context, const RouteCall& call);
RouteSteps begin_timeline(const RouteContext& context, const RouteCall& call);
RouteSteps begin_history(const RouteContext& context, const RouteCall& call);
HttpServerResponse get_held(const RouteContext& context, const RouteCall& call);
RouteSteps begin_deployments(const RouteContext& context, const RouteCall& call);
RouteSteps begin_entry(const RouteContext& context, const RouteCall& call);
RouteSteps begin_trial(const RouteContext& context, const RouteCall& call);
HttpServerResponse get_expectations(const RouteContext& context, const RouteCall& call);
HttpServerResponse get_ledger(const RouteContext& context, const RouteCall& call);
HttpServerResponse get_unrecognised(const RouteContext& context, const RouteCall& call);
HttpServerResponse get_refusals(const RouteContext& context, const RouteCall& call);
HttpServerResponse get_parked(const RouteContext& context, const RouteCall& call);
HttpServerResponse get_parked_one(const RouteContext& context, const RouteCall& call);
HttpServerResponse post_redrive(const RouteContext& context, const RouteCall& call);
HttpServerResponse post_drop(const RouteContext& context, const RouteCall& call);
HttpServerResponse post_held_drop(const RouteContext& context, const RouteCall& call);
HttpServerResponse post_store_copy(const RouteContext& context, const RouteCall& call);
HttpServerResponse post_explain(const RouteContext& context, const RouteCall& call);
HttpServerResponse get_catalog(const RouteContext& context, const RouteCall& call);

}  // namespace statewire
