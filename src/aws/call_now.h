// Calls that are waited for, on a thread that has nothing else to do: looking for credentials, and
// commands.
#pragma once

#include "aws/answer.h"
#include "aws/call.h"

namespace statewire {

// Blocks for as long as the call's attempts take. Tries again what may pass later, and once after
// correcting a clock that is wrong. `clock` says when a signature was made.
AwsAnswer call_now(const AwsCall& call, const AwsCredentials& credentials, const Clock& clock);

// Among the n-th attempt and the next: evenly drawn from zero to 100 ms * 2^n, 20 s at most, so
// that many that failed together do not come back together.
Duration pause_after(int attempts);

// By how much the clock here is wrong, judged by the date of the answer.
Duration skew_of(const AwsAnswer& answer, Time now);

}  // namespace statewire
