// All bounds of what comes from outside, of what is kept in memory and of what is stored, in the
// order in which an event meets them. Bytes, items, levels and counts stand here; how long things
// take, how codes are laid out and how tables are tuned stand where they are used. What meets a
// bound is refused, waits, is cut or is counted by name: the place that uses the bound says which.
//
// `Max` is the most that is taken, `Kept` the most that is remembered, `AtATime` the most in one
// turn or call; what takes more takes several. Some are only where a file of configuration starts.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace statewire {

// ---- Received: requests ----

// Over TCP; fewer where the system allows fewer files. One more closes the one that has waited
// longest.
inline constexpr size_t kConnectionsMax = 4096;
// Where none waits, so many more are told 503; any further are closed without a word.
inline constexpr size_t kRefusedConnectionsMax = 256;
// Over the control socket, and of no others.
inline constexpr size_t kControlConnectionsMax = 32;
// Of the files that may be open, those for the program itself: libraries, logs, directories,
// listeners.
inline constexpr size_t kOwnFilesMax = 48;
// Clients that wait between two rounds of accepting: as many as may be connected.
inline constexpr int kListenBacklogMax = int{kConnectionsMax};
// Of names and values and the request line: what proxies allow. Beyond: 431.
inline constexpr size_t kHeaderBytesMax = 16 << 10;
// Of a body as it was sent, unless the configuration says otherwise. Beyond: 413, unread.
inline constexpr uint64_t kBodyBytesMax = 16 << 20;
// What the configuration may allow a body.
inline constexpr uint64_t kConfiguredBodyBytesMax = uint64_t{1} << 30;
// A body that was packed may unpack to so many times the bytes that a body may have.
inline constexpr uint64_t kInflatedRatioMax = 4;
// Bytes that one packed byte can stand for: 258 for each two bits (RFC 1951).
inline constexpr size_t kDeflateRatioMax = 1032;
// All bodies and chunks together, from their first byte to their commit, unless the configuration
// says otherwise. Beyond: 503.
inline constexpr size_t kReceivedBytesMax = size_t{128} << 20;
// One part of it in so many is for small bodies alone: large ones that come slowly leave room.
inline constexpr size_t kReceivedSmallPart = 8;
// Of a body that counts as small there.
inline constexpr size_t kReceivedSmallBytesMax = 64 << 10;
// Unpacked in one turn: a few milliseconds.
inline constexpr size_t kUnpackedBytesAtATime = 1 << 20;
// Of one record of Firehose as JSON: it takes 1,000 KiB, and base64 makes four bytes of three.
inline constexpr size_t kFirehoseRecordBytesMax = 2 << 20;
// Of a block of memory that comes from the heap, which does not shrink; a larger one goes back to
// the system when it is free.
inline constexpr size_t kHeapBlockBytesMax = 256 << 10;
// Reserved for a body on its client's word; beyond, memory follows what was sent.
inline constexpr uint64_t kBodyReservedBytesMax = 1 << 20;
// A connection's buffer, for heads and small bodies.
inline constexpr size_t kConnectionBufferBytes = 8 << 10;
// The same while a large body comes in.
inline constexpr size_t kConnectionLargeBufferBytes = 64 << 10;
// A refused body up to here is read, so that its connection stays open.
inline constexpr uint64_t kRefusedBodyBytesMax = 64 << 10;
// Read and dropped after an answer that closes, so that the client sees it: one body.
inline constexpr uint64_t kLingerBytesMax = kBodyBytesMax;
// Of a signed message: SNS takes 256 KiB, and JSON may write a byte of them in several.
inline constexpr size_t kSnsBodyBytesMax = 2 << 20;
// Of messages that wait for the certificate that shows who signed them: anyone can send them.
inline constexpr size_t kSnsWaitingBytesMax = 16 << 20;
// Subscriptions to topics that are being confirmed: there are few topics.
inline constexpr size_t kSnsConfirmationsAtATime = 16;
// Refused messages that are counted at once after a quiet time: anyone can send them.
inline constexpr double kSnsRefusalsMax = 100;
// Of a URL in a message of SNS: its own are a tenth of that.
inline constexpr size_t kSnsUrlBytesMax = 4096;
// Of a topic's name: SNS's own bound.
inline constexpr size_t kSnsTopicNameBytesMax = 256;

static_assert(kConnectionBufferBytes <= kConnectionLargeBufferBytes);
static_assert(kConnectionLargeBufferBytes <= kBodyReservedBytesMax);
static_assert(kSnsBodyBytesMax <= kBodyBytesMax && kBodyBytesMax <= kConfiguredBodyBytesMax);
static_assert(kSnsBodyBytesMax <= kSnsWaitingBytesMax);

// ---- Received: files, streams and queues ----

// Of one array of events, each of which is parsed by itself; JSON lines have no bound.
inline constexpr size_t kEventDocumentBytesMax = size_t{256} << 20;
// Lines that are read from a file before they are handed over: a commit's worth of small events.
inline constexpr size_t kPieceLinesMax = 1000;
// Of those lines together; one line alone may be longer.
inline constexpr size_t kPieceBytesMax = 1 << 20;
// Read at once while a long value comes in; a larger buffer is given back.
inline constexpr size_t kReadBytesMax = size_t{16} << 20;
// Files of one source are open so many at a time, however many there are.
inline constexpr size_t kFilesReadAtATime = 64;
// What is read ahead of those files together: one document that is not whole yet, and the next
// piece of each other. Beyond, it is read again once its file has grown.
inline constexpr size_t kFilesAheadBytesMax =
    kEventDocumentBytesMax + kFilesReadAtATime * kPieceBytesMax;
// The first bytes of a followed file, by which it is known again.
inline constexpr size_t kFilePrintBytesMax = 1024;
// The last bytes that were read of it, likewise: files that are written anew may begin alike and
// have lines that end alike, but not for so long.
inline constexpr size_t kFileTailBytesMax = 64 << 10;
// Missed times of a schedule that are made up for at a start.
inline constexpr size_t kScheduleCatchUpMax = 1'000;
// Calls that wait for messages of one queue, as its configuration may ask.
inline constexpr int64_t kSqsReceiversMax = 64;
// Messages of one call to a queue: SQS's own bound.
inline constexpr size_t kSqsMessagesAtATime = 10;
// Received and not deleted yet, for each receiver: enough for calls to overlap with commits.
inline constexpr size_t kSqsMessagesHeldMax = 4 * kSqsMessagesAtATime;
// Calls that delete the same messages; then they come again and are recognised as repeats.
inline constexpr int kSqsDeleteAttemptsMax = 4;
// Of the answer to one such call: ten messages of up to 1 MiB, as JSON writes them.
inline constexpr size_t kSqsAnswerBytesMax = 32 << 20;
// Of messages of one queue that wait for their commits; beyond, none are received. The answers that
// are on their way then come on top.
inline constexpr size_t kSqsEventsBytesMax = 32u << 20;
// Files of a bucket that are fetched at once for messages that name them.
inline constexpr size_t kSqsFilesAtATime = 8;
// Of such a file, packed; one of CloudTrail has a few MiB.
inline constexpr size_t kSqsFileBytesMax = 64 << 20;
// Of all those files of one queue, packed; others wait to be fetched. Where a message does not say
// how long its file is, it counts as the longest.
inline constexpr size_t kSqsPackedBytesMax = 2 * kSqsFileBytesMax;
// The same with what is unpacked of them: the longest file beside all that are packed.
inline constexpr size_t kSqsFilesBytesMax =
    kSqsPackedBytesMax + kEventDocumentBytesMax + kUnpackedBytesAtATime;
// Files that cannot be fetched now, each of which the ledger is told of once in a run.
inline constexpr size_t kSqsToldKept = 10'000;
// Chunks of one source that wait for their commits, so that reading and commits overlap.
inline constexpr size_t kChunksInFlightMax = 4;
// Of those chunks together, or one that is longer.
inline constexpr size_t kInFlightBytesMax = 8 << 20;

static_assert(kPieceBytesMax <= kReadBytesMax && kReadBytesMax <= kEventDocumentBytesMax);

// ---- An event ----

// Of one event as JSON, unless the configuration says otherwise: four times what EventBridge takes.
inline constexpr size_t kEventBytesMax = 1 << 20;
// What the configuration may allow an event, and so the most that is read as one.
inline constexpr size_t kConfiguredEventBytesMax = 64 << 20;
// Texts in texts around an event: a function's record of a queue that holds what two topics wrapped
// around a packed document of CloudWatch Logs is five.
inline constexpr size_t kEnvelopesMax = 8;
// What is packed inside of an event may unpack to so many bytes: as many as a body has.
inline constexpr size_t kUnpackedTextBytesMax = size_t{16} << 20;
// Levels of objects and arrays: providers use ten, and some readers call themselves for each.
inline constexpr size_t kEventDepthMax = 64;
// The same of a value that is told by its brackets: {"Records":[…]} has two levels around an event.
inline constexpr size_t kValueDepthMax = kEventDepthMax + 2;
// Of the longest event that a parser keeps its memory for, which is 14 times as much.
inline constexpr size_t kParserBytesKept = size_t{1} << 20;
// Of a line that is parsed to tell whether it is one value; a longer one is told by its brackets.
inline constexpr size_t kParsedLineBytesMax = 64 << 10;
// Of blank lines that are passed over at a time.
inline constexpr size_t kBlankBytesAtATime = 1 << 20;
// Ends of an array's elements that are kept between finding and reading them: a batch's worth.
inline constexpr size_t kElementEndsKept = 4'096;
// Broken records at the beginning of a file that is still known as one of CloudTrail.
inline constexpr size_t kBrokenRecordsMax = 8;
// Resources that one event says something about; more is `rejected`.
inline constexpr size_t kObservationsMax = 1000;
// Other names of one resource in one event: providers give two or three.
inline constexpr size_t kAliasesMax = 8;
// Of any text that is taken from an event: an ARN's own bound.
inline constexpr size_t kEventTextBytesMax = 2048;
// Of an account, a region or a trace: what is longer names nothing.
inline constexpr size_t kPlaceBytesMax = 256;
// Of a tag's key, and of its value: four bytes for each of the 256 characters that AWS allows.
inline constexpr size_t kTagBytesMax = 1024;
// Tags of one resource: the bound of AWS.
inline constexpr size_t kTagsMax = 50;
// Of one state of Terraform's, which is in memory once while it is read.
inline constexpr size_t kStateBytesMax = size_t{256} << 20;
// Lists of objects, of a thousand each, that are asked for where states are looked for in a bucket.
inline constexpr size_t kStatePagesMax = 100;
// Files of code that are looked into for where a resource is declared, bytes of each, and modules
// that lie in modules.
inline constexpr size_t kCodeFilesMax = 20'000;
inline constexpr size_t kCodeFileBytesMax = 4 << 20;
inline constexpr size_t kCodeModulesDeepMax = 16;
// Of what is declared and cannot be joined, those that are listed.
inline constexpr size_t kUnjoinedKept = 1000;
// Events of an inventory in one chunk.
inline constexpr size_t kInventoryEventsAtATime = 1000;
// Blocks of code that one inventory names for a resource and its parts; the rest are left out, and
// what would make them more than kDeclaredBytesMax.
inline constexpr size_t kDeclaredItemsMax = 32;
// Of all that inventories declare of one resource, as a record keeps it.
inline constexpr size_t kDeclaredBytesMax = 8 << 10;
// Of the text by which a client names itself.
inline constexpr size_t kUserAgentBytesMax = 512;
// Of what a provider says besides its code, where it refuses a call.
inline constexpr size_t kErrorMessageBytesMax = 200;
// Of why something came about, in the provider's words: two sentences of Auto Scaling.
inline constexpr size_t kReasonBytesMax = 512;
// Changed values that one observation names; the first of the event.
inline constexpr size_t kChangesMax = 20;
// Of a changed value, and of its path.
inline constexpr size_t kChangeBytesMax = 256;
// Elements that the words of a rule name; of more it tells how many.
inline constexpr size_t kRuleNamesMax = 2;
// Levels in which changed values are looked for: deeper than parameters go.
inline constexpr size_t kChangeDepthMax = 16;

static_assert(kEventBytesMax <= kConfiguredEventBytesMax);
static_assert(kEventBytesMax <= kBodyBytesMax);
static_assert(kConfiguredEventBytesMax <= kEventDocumentBytesMax);
static_assert(kConfiguredEventBytesMax <= kConfiguredBodyBytesMax);
static_assert(kPlaceBytesMax <= kEventTextBytesMax && kTagBytesMax <= kEventTextBytesMax);
static_assert(kUserAgentBytesMax <= kEventTextBytesMax && kChangeBytesMax <= kEventTextBytesMax);
static_assert(kPlaceBytesMax + kErrorMessageBytesMax < kEventTextBytesMax);
static_assert(kChangeDepthMax <= kEventDepthMax);

// ---- A chunk, the queue, a commit ----

// Lines of one chunk, and elements of one array; one of more is refused as a whole.
inline constexpr size_t kEventsReadMax = 1'000'000;
// Of a chunk that is recognised on the thread that brings it: well below 10 ms.
inline constexpr size_t kRecognisedAtOnceBytesMax = 16 << 10;
// Events of one slice of a longer chunk, which is stored by a commit of its own.
inline constexpr size_t kSliceEventsMax = 1'000;
// Of those events together, and one beyond.
inline constexpr size_t kSliceBytesMax = 1 << 20;
// What those events say, and what one beyond says.
inline constexpr size_t kSliceObservationsMax = 4'000;
// Events of slices that wait for their commit: one commit's worth, so that others come between.
inline constexpr size_t kSlicedEventsQueuedMax = 4'000;
// Long chunks that take turns; their bytes are bounded together.
inline constexpr size_t kChunksReadMax = 8'192;
// Of a chunk's unreadable events, those that its sender is told the reason of.
inline constexpr size_t kChunkReasonsKept = 10;
// Of a chunk's refused events, those that the ledger gets with a sample; all are counted.
inline constexpr size_t kChunkRefusalsKept = 100;
// Kinds of unrecognised events of a chunk; further kinds are counted together.
inline constexpr size_t kChunkUnrecognisedKindsKept = 100;
// Chunks that wait for a commit; beyond, senders wait or get 503.
inline constexpr size_t kQueuedChunksMax = 1024;
// Events of those chunks: five commits, so that none waits much longer than a second.
inline constexpr size_t kQueuedEventsMax = 20'000;
// A commit takes chunks until it has so many events: what is written in a fraction of a second.
inline constexpr size_t kCommitEventsMax = 4'000;
// Batches that are kept with their memory for the next chunks; more are given back.
inline constexpr size_t kSpareBatchesKept = 256;
// Memory of all those batches.
inline constexpr size_t kSpareBatchBytesKept = 16 << 20;
// Reminders that one commit fires.
inline constexpr size_t kRemindersAtATime = 1'000;
// Of those reminders together, and one more.
inline constexpr size_t kRemindersBytesAtATime = 4u << 20;
// Reminders that could not be committed, and wait while others fire.
inline constexpr size_t kRemindersAsideMax = 1'000;
// Entries that one reminder sends on to the id that a resource turned out to have.
inline constexpr size_t kMovedEntriesAtATime = 32;
// Memory of the fold that is kept for the next commit.
inline constexpr size_t kFoldBytesKept = 16u << 20;
// Entries of a resource that are looked back at, for what came late and for whom it tells.
inline constexpr size_t kEntriesBackMax = 256;
// The same for the repeat of an event without a usable time, which is looked for by its id.
inline constexpr size_t kUntimedEntriesBackMax = 32;
// And for what a property was set to before.
inline constexpr size_t kSettingEntriesBackMax = 16;
// In a commit, as each costs as much as to fold many events; and in one that takes more calls that
// set something than this, none.
inline constexpr size_t kSettingLooksMax = 64;
inline constexpr size_t kSettingCallsMax = 32;
// Of the tags and changes of entries that one late observation is folded before.
inline constexpr size_t kFoldBytesBackMax = size_t{64} << 20;
// What a commit keeps of the entries that it looks back at, and one resource beyond.
inline constexpr size_t kWalkBytesMax = 16u << 20;
// The part of it that is kept for the next commit.
inline constexpr size_t kWalkBytesKept = 4u << 20;
// Aliases that lead to aliases; what is stored cannot lead in a circle.
inline constexpr size_t kAliasHopsMax = 16;
// Hints at a cause that a record keeps; the newest.
inline constexpr size_t kHintsMax = 4;

// Changes between the same two states that make a resource one that flaps; their times are kept.
inline constexpr size_t kFlapTurns = 6;
// Of a native state that a sentence about such a resource names.
inline constexpr size_t kStateWordBytesMax = 100;

static_assert(kChunkReasonsKept <= kChunkRefusalsKept);
static_assert(kCommitEventsMax <= kQueuedEventsMax);
static_assert(kRemindersAtATime <= kCommitEventsMax && kPieceLinesMax <= kCommitEventsMax);
static_assert(kUntimedEntriesBackMax <= kEntriesBackMax);
static_assert(kSettingEntriesBackMax <= kEntriesBackMax);
static_assert(kWalkBytesKept < kWalkBytesMax);

// ---- The store and the ledger ----

// For caches and write buffers together, unless the configuration says otherwise.
inline constexpr size_t kStoreMemoryBytes = 48u << 20;
inline constexpr size_t kStoreMemoryBytesMax = size_t{64} << 30;
// Room on the disk that the engine takes for its log in advance.
inline constexpr size_t kLogBytesAhead = 8u << 20;
// Files of the store that are open at once; others are opened again when they are read. Fewer where
// the system allows fewer files.
inline constexpr int kStoreOpenFilesMax = 512;
// Keys that one read of the engine looks for: their values stand in memory together.
inline constexpr size_t kStoreKeysAtATime = 256;
// Space on the disk below which no events are taken, unless the configuration says otherwise.
inline constexpr uint64_t kFreeBytesMin = uint64_t{1} << 30;
// Space below which nothing is committed or trimmed: the engine may abort where a synced write
// finds no room.
inline constexpr uint64_t kWriteFreeBytesMin = uint64_t{4} << 20;
// Entries of the journal whose times one row tells: a row takes a few dozen bytes, and to read a
// span in vain takes a few hundredths of a second.
inline constexpr uint64_t kJournalSpanEntries = 4'096;
// Ranges of times in such a row: late and early events make some of their own.
inline constexpr size_t kTimeRangesMax = 8;
// Such rows that are read before a block is looked into: a few milliseconds.
inline constexpr size_t kJournalSpansAtATime = 4'096;
// Blocks of the journal that stay open for those who read at the same place.
inline constexpr size_t kReadBlocksKept = 64;
// Aliases whose absence is known without reading; about 20 MB. Beyond, they are read.
inline constexpr size_t kAliasesKnownMax = 1'000'000;
// Rows that could not be read, each of which is told of once.
inline constexpr size_t kUnreadableRowsKept = 1'000;
// Rows of fates. Events name their account themselves: what is beyond is counted as "(other)".
inline constexpr size_t kLedgerRowsMax = 10'000;
// Types of resources of which is learned how long they take: 768 bytes each. Events name types
// themselves: of those beyond, nothing is learned.
inline constexpr size_t kLearnedTypesMax = 2'000;
// Of a type's name that is learned of.
inline constexpr size_t kLearnedTypeBytesMax = 256;
// Rows of kinds that no entry knows; likewise.
inline constexpr size_t kUnrecognisedRowsMax = 1'000;
// Refused events that the ledger keeps, the newest; all are counted.
inline constexpr size_t kRefusalsKept = 1000;
// Of one event that the ledger keeps as a sample: enough to write an entry of the catalog.
inline constexpr size_t kLedgerSampleBytesMax = 4096;
// Of what could not be read as an event.
inline constexpr size_t kUnreadableSampleBytesMax = 256;
// Of rows that salvage copies in one write.
inline constexpr size_t kSalvagedBytesAtATime = 4u << 20;
// Space below which salvage writes nothing more: what one write adds, and what it makes the engine
// write of what is in its memory.
inline constexpr uint64_t kSalvageFreeBytesMin = uint64_t{24} << 20;
// Faults that salvage shows; all are counted.
inline constexpr size_t kSalvageFaultsMax = 20;
// Of a key that is shown where its row is damaged.
inline constexpr size_t kShownKeyBytesMax = 120;
// Of a backup: the bytes of a file that are one object, and in memory at a time, as they are read,
// sent and fetched.
inline constexpr size_t kBackupPieceBytes = 8u << 20;
// Backups of a store that are kept: their lists are read where old ones are removed.
inline constexpr int64_t kBackupsMax = 10'000;
// Of a backup's list of files: a store of 4 TB has 35 MB of names of pieces.
inline constexpr size_t kBackupListBytesMax = 64u << 20;
// Of a name of a file in it.
inline constexpr size_t kBackupFileNameBytesMax = 255;
// Lists of objects, of a thousand each, that are asked for where the pieces of backups are.
inline constexpr size_t kBackupPagesMax = 2'000;
// Room that a restored store needs beside its files, to be opened.
inline constexpr uint64_t kRestoreFreeBytesMin = uint64_t{64} << 20;
// Trails of CloudTrail that `doctor` looks at in one region.
inline constexpr size_t kDoctorTrailsMax = 20;
// Copies of the store that are read at a time: each keeps files that the store has done with.
inline constexpr size_t kStoreCopiesMax = 4;
// Differences that a check of the store shows; all are counted.
inline constexpr size_t kDifferencesKept = 100;

static_assert(kWriteFreeBytesMin < kFreeBytesMin);
static_assert(kUnreadableSampleBytesMax <= kLedgerSampleBytesMax);
static_assert(kChunkRefusalsKept <= kRefusalsKept);
static_assert(kChunkUnrecognisedKindsKept <= kUnrecognisedRowsMax);

// ---- Texts for people: reasons, names, values that are shown ----

// Of a text of others in an answer or in the log.
inline constexpr size_t kRepeatedTextBytesMax = 100;
// Of a value of the configuration in an error: it fits a line.
inline constexpr size_t kShownValueBytesMax = 60;
// Of a mail address in an error.
inline constexpr size_t kShownAddressBytesMax = 80;
// Of a value of an event that a pattern did not match, as JSON.
inline constexpr size_t kShownJsonBytesMax = 240;
// Alternatives of a pattern that are shown; the rest is counted.
inline constexpr size_t kWantedAlternativesMax = 12;
// Problems of a configuration that are kept; the rest is counted.
inline constexpr size_t kProblemsKept = 1000;
// Problems of a message against its schema.
inline constexpr size_t kSchemaProblemsShownMax = 3;
// Resources that someone may have meant, in an answer that found none.
inline constexpr size_t kCandidatesMax = 20;
// Neighbours of an observation that an explanation names.
inline constexpr size_t kExplainedNeighboursMax = 5;
// Of what Firehose shows of an error: its own bound.
inline constexpr size_t kFirehoseErrorBytesMax = 8'192;
// Of what AWS says about a call that failed.
inline constexpr size_t kAwsMessageBytesMax = 512;
// Of what is kept of a failed attempt to deliver; each parked delivery stores one.
inline constexpr size_t kAttemptDetailBytesMax = 1024;
// Of it in the table of `status`.
inline constexpr size_t kShownReasonBytesMax = 200;

static_assert(kAwsMessageBytesMax <= kAttemptDetailBytesMax);

// ---- The log ----

// Lines that wait for whoever reads standard error; beyond, they are dropped and counted.
inline constexpr size_t kLogQueueLinesMax = 10'000;
// Of those lines together.
inline constexpr size_t kLogQueueBytesMax = 1 << 20;

// ---- Answers of the daemon ----

// Questions that take turns or wait for their first; beyond: 503.
inline constexpr size_t kQuestionsMax = 64;
// Those that take turns at a time, each with a part of its answer in memory.
inline constexpr size_t kQuestionsBegunMax = 8;
// Records that a scan looks at in one turn: a few milliseconds.
inline constexpr size_t kRecordsAtATime = 4'000;
// The same for one page of its answer: whoever asks goes on where it ended.
inline constexpr size_t kRecordsOfAPageMax = 200'000;
// Entries that a timeline shows in one turn.
inline constexpr size_t kTimelineEntriesAtATime = 50;
// Of an answer that is written in one turn.
inline constexpr size_t kAnswerBytesAtATime = 256 << 10;
// Items of one page, the most that a client may ask for.
inline constexpr uint64_t kPageItemsMax = 10'000;
// What the commands ask for; many pages are one list.
inline constexpr size_t kPageItemsAsked = 1000;
// Rows that a command keeps to list the newest first; beyond, they are listed as they come.
inline constexpr size_t kSortedRowsMax = 10'000;
// Entries of the journal that a question about the past looks at in one turn.
inline constexpr size_t kHistoryEntriesAtATime = 2'000;
// The same for one page of its answer: whoever asks goes on where it ended.
inline constexpr size_t kHistoryEntriesMax = 200'000;
// Of the blocks that it reads in one turn, most of which may hold nothing that is asked for; for
// one page; and for a page that has found something, as a slow disk reads tens of MiB in a second.
inline constexpr size_t kHistoryBytesAtATime = 4u << 20;
inline constexpr size_t kHistoryBytesMax = 256u << 20;
inline constexpr size_t kHistoryFoundBytesMax = 16u << 20;
// Kinds of messages that a trial of a subscription tells apart; further ones are counted together.
inline constexpr size_t kTrialKindsMax = 1'000;
// Names that a shell is offered to complete a word.
inline constexpr size_t kCompletedNamesMax = 1'000;
// Complaints of one kind that a command makes before it stops.
inline constexpr size_t kComplaintsMax = 20;
// Parked deliveries in one page, and in a report of what was done with them.
inline constexpr size_t kParkedListedMax = 1'000;
// Deliveries that wait, in one page.
inline constexpr size_t kHeldListedMax = 1'000;
// Rows of parked deliveries that are read in one turn.
inline constexpr size_t kParkedRowsAtATime = 1'000;
// Of the payloads of those rows together.
inline constexpr size_t kParkedBytesAtATime = 8u << 20;
// Live tails.
inline constexpr size_t kFollowersMax = 64;
// Read for one tail that catches up, before the others have their turn.
inline constexpr size_t kTailBytesAtATime = 256 << 10;
// Entries of the journal of the same turn; most may not be what the tail asks for.
inline constexpr size_t kTailEntriesAtATime = 16'384;
// Written to a stream and not sent yet; a client so far behind is cut off.
inline constexpr size_t kStreamBytesMax = 1 << 20;

static_assert(kPageItemsAsked <= kPageItemsMax && kParkedListedMax <= kPageItemsMax);
static_assert(kTailBytesAtATime <= kStreamBytesMax);

// ---- Notifications and messages ----

// Of a notification as JSON: it fits four times into a message of SNS or SQS.
inline constexpr size_t kNotificationBytesMax = 64 * 1024;
// Texts of a notification that is too long even without its changes.
inline constexpr size_t kTruncatedTextBytesMax = 256;
// The same for its ids, which say nothing once they are cut.
inline constexpr size_t kTruncatedIdBytesMax = 2048;
// Pieces of the message of one line, which are on the stack.
inline constexpr size_t kMessageWordsMax = 64;
// Of the message of one line.
inline constexpr size_t kMessageCharactersMax = 1024;
// Changed values that the message of one line names.
inline constexpr size_t kMessageChangesMax = 3;
// Of such a value: of what is longer only the path is named.
inline constexpr size_t kMessageChangeBytesMax = 48;
// Of the path of such a value; of what is longer the last parts are named.
inline constexpr size_t kMessagePathBytesMax = 32;
// Those parts have so many bytes at least: an end as short as "Days" needs its parent.
inline constexpr size_t kMessagePathEndBytesMin = 10;
// Of a name in a line of text that a person reads.
inline constexpr size_t kSubjectCharactersMax = 256;
// Of the title of a message to mail, chat and pagers.
inline constexpr size_t kTitleCharactersMax = 256;
// Of one fact of such a message.
inline constexpr size_t kFactCharactersMax = 512;
// Tags or changes of one fact.
inline constexpr size_t kFactItemsMax = 8;
// Links of one message: a context of Slack has ten elements, and three are taken.
inline constexpr size_t kMessageLinksMax = 6;
// Of the address of one: chats and mail programs cut longer ones.
inline constexpr size_t kMessageLinkBytesMax = 2048;
// Of a subscription's condition in words.
inline constexpr size_t kWhenWordsBytesMax = 300;
// Of an id that a link to the provider's console is made for.
inline constexpr size_t kLinkedIdBytesMax = 512;
// Of a line of a mail.
inline constexpr size_t kEmailLineCharactersMax = 180;
// Of a message that a template makes: a list inside a list says much of little.
inline constexpr size_t kTemplatedMessageBytesMax = 256u << 10;
// Kinds that a digest counts apart; the others are counted together.
inline constexpr size_t kDigestKindsMax = 1'000;
// Those of them that are named one by one, as they are more than news; others by their type.
inline constexpr size_t kDigestNamesMax = 500;
// Kinds that a digest names in one line, and in the table of a mail.
inline constexpr size_t kDigestKindsListedMax = 10;
inline constexpr size_t kDigestKindsInTableMax = 30;

// Deployments that one subscription gathers at a time; what belongs to others is told alone.
inline constexpr size_t kGroupsMax = 256;
// Resources of a group that are told apart. Of the others each notification counts as one.
inline constexpr size_t kGroupResourcesMax = 4'096;
// What a group counts apart, and the failures that it names.
inline constexpr size_t kGroupKindsMax = 200;
inline constexpr size_t kGroupFailuresMax = 10;
inline constexpr size_t kGroupFailureCharactersMax = 300;
// Names of a deployment: its tool, stack and actor.
inline constexpr size_t kGroupNameBytesMax = 256;

static_assert(kTruncatedTextBytesMax <= kEventTextBytesMax);
static_assert(kEventTextBytesMax <= kTruncatedIdBytesMax);
static_assert(kNotificationBytesMax <= kTemplatedMessageBytesMax);
static_assert(kDigestKindsListedMax <= kDigestKindsInTableMax);
static_assert(kDigestKindsInTableMax <= kDigestKindsMax && kDigestNamesMax < kDigestKindsMax);

// ---- Deliveries ----

// Of one subscription, being sent or waiting for it; beyond, the journal waits.
inline constexpr size_t kSendingDeliveriesMax = 8'192;
// Of one subscription, held until it is known who, why and whose; beyond, likewise.
inline constexpr size_t kHeldDeliveriesMax = 16'384;
// Of one subscription: payloads and held entries; beyond, likewise.
inline constexpr size_t kPipelineBytesMax = 32u << 20;
// Rows that one turn of a subscription reads back after a start.
inline constexpr size_t kRestoredRowsAtATime = 256;
// Deliveries that one turn of a subscription lets out of hold.
inline constexpr size_t kReleasedDeliveriesAtATime = 256;
// Different deliveries that fail in a row before the circuit opens: a few that always fail do not.
inline constexpr size_t kCircuitFailuresMax = 16;
// Resources that wait for a look-up of their tags; any further count as given up.
inline constexpr size_t kTagLookupsQueuedMax = 100'000;
// Resources whose tags could not be looked up, which are not asked for again at once.
inline constexpr size_t kTagLookupsGivenUpKept = 100'000;
// Resources of one call that looks tags up: the service's own bound.
inline constexpr size_t kTagLookupArnsAtATime = 100;

static_assert(kNotificationBytesMax <= kPipelineBytesMax);

// ---- Sinks: what they write, and the services' own bounds ----

// Deliveries that one write to a file or to standard output holds.
inline constexpr size_t kLineBatchDeliveriesMax = 1000;
// A line that was cut is searched for its beginning so far back; payloads are shorter.
inline constexpr uint64_t kCutLineBytesMax = 1 << 20;
// Names that a full file tries: those that are taken are from a clock that was set back.
inline constexpr int kRotatedNamesMax = 1000;
// Deliveries of one archived object.
inline constexpr size_t kS3BatchDeliveriesMax = 8000;
// Of those deliveries together, unpacked: they stand in memory until the object is stored.
inline constexpr size_t kS3BatchBytesMax = 16u << 20;
// Entries of one call to SQS, SNS or EventBridge: their own bound.
inline constexpr size_t kAwsBatchEntriesMax = 10;
// Of those entries together: their own bound.
inline constexpr size_t kAwsBatchBytesMax = 256 << 10;
// Of the group of a FIFO queue or topic: their own bound.
inline constexpr size_t kAwsGroupBytesMax = 128;
// Of the payload of a synchronous call of a function: Lambda's own bound.
inline constexpr size_t kLambdaPayloadBytesMax = 6 << 20;
// Messages of which a function keeps in memory who has them; beyond, all are mailed again.
inline constexpr size_t kLambdaSettledMax = 1'000;
// Of a function's ARN or name: Lambda's own bound.
inline constexpr size_t kLambdaFunctionBytesMax = 170;
// Of the title of a message to Slack.
inline constexpr size_t kSlackTitleCharactersMax = 150;
// Of what happened, in the same block as the title.
inline constexpr size_t kSlackNewsCharactersMax = 400;
// Of where it comes from.
inline constexpr size_t kSlackOriginCharactersMax = 150;
// Of a fact's value.
inline constexpr size_t kSlackFieldCharactersMax = 360;
// Of a message in one block, of which Slack takes 3,000.
inline constexpr size_t kSlackBlockCharactersMax = 3'000;
// Of a message without blocks, of which Slack takes 40,000 and counts them escaped, five for one.
inline constexpr size_t kSlackTextCharactersMax = 7'000;
// Of a message to Teams as it is sent: its own bound. JSON doubles quotes and backslashes.
inline constexpr size_t kTeamsMessageBytesMax = 28'000;
// Of a text that fills a card.
inline constexpr size_t kTeamsTextBytesMax = 8'000;
// Lines of such a text, each of which is a block.
inline constexpr size_t kTeamsLinesMax = 50;
// Of a card's title.
inline constexpr size_t kTeamsTitleBytesMax = 600;
// Of what happened.
inline constexpr size_t kTeamsNewsBytesMax = 1'200;
// Of one fact, of which a card has a dozen.
inline constexpr size_t kTeamsFactBytesMax = 500;
// Of what stands for a card where none is shown; twice in a message.
inline constexpr size_t kTeamsSummaryBytesMax = 500;
// Of the key that alerts of one resource share: PagerDuty's own bound.
inline constexpr size_t kPagerDutyKeyBytesMax = 255;
// Of an alert's summary: PagerDuty's own bound.
inline constexpr size_t kPagerDutySummaryCharactersMax = 1'024;
// Of a mail address: RFC 5321, 4.5.3.1.3 without its angle brackets.
inline constexpr size_t kMailAddressBytesMax = 254;
// Of what stands before the @: RFC 5321, 4.5.3.1.1.
inline constexpr size_t kMailLocalPartBytesMax = 64;
// Of one part of a domain: RFC 1035, 2.3.4.
inline constexpr size_t kMailLabelBytesMax = 63;
// Recipients of one mail: more is what lists are for.
inline constexpr size_t kMailRecipientsMax = 20;
// Of all mails that wait together; beyond, as below.
inline constexpr size_t kMailQueuedBytesMax = 64 << 20;
// Mails that are under way at once, each with a thread that waits for its server.
inline constexpr size_t kMailsAtATime = 16;
// Of those, to one server: one that hangs holds up no other.
inline constexpr size_t kMailsPerServerMax = 4;
// Of what a server says to one command, over all lines of its reply.
inline constexpr size_t kSmtpReplyBytesMax = 1024;
// Mails that wait for one of the threads that send them; beyond, they are tried again later.
inline constexpr size_t kMailsWaitingMax = 1'000;

static_assert(kTemplatedMessageBytesMax < kCutLineBytesMax);
static_assert(kNotificationBytesMax <= kS3BatchBytesMax);
static_assert(kNotificationBytesMax <= kAwsBatchBytesMax);
static_assert(kTemplatedMessageBytesMax <= kLambdaPayloadBytesMax);
static_assert(5 * kSlackTextCharactersMax < 40'000);
static_assert(2 * (kTeamsTitleBytesMax + kTeamsNewsBytesMax + 13 * kTeamsFactBytesMax +
                   2 * kTeamsSummaryBytesMax) <
              kTeamsMessageBytesMax - 5'000);
static_assert(2 * (kTeamsTextBytesMax + 2 * kTeamsSummaryBytesMax) + 80 * kTeamsLinesMax <
              kTeamsMessageBytesMax - 1'000);
static_assert(kMailLocalPartBytesMax + kMailLabelBytesMax < kMailAddressBytesMax);

// ---- Calls of others: what is sent at once, and what they may answer ----

// Connections of the client, to all hosts.
inline constexpr size_t kClientConnectionsMax = 256;
// Connections to one host, so that one that is slow leaves room for the others.
inline constexpr size_t kClientConnectionsPerHostMax = 32;
// The same, to all and to one host, for what the daemon delivers to; fewer where the system allows
// fewer files.
inline constexpr size_t kDaemonClientConnectionsMax = 4096;
// Bodies of requests that wait for a connection; beyond, as below.
inline constexpr size_t kClientQueuedBytesMax = 64 << 20;
// Requests that wait for a connection; beyond, they fail as `unavailable`.
inline constexpr size_t kClientRequestsQueuedMax = 10'000;
// Of an answer's body; a longer one is an error.
inline constexpr size_t kAnswerBytesMax = 1 << 20;
// Of an answer of which only the status and a few words are wanted.
inline constexpr size_t kShortAnswerBytesMax = 64u << 10;
// Headers of an answer; the rest is left out.
inline constexpr size_t kAnswerHeadersMax = 256;
// The longest time that `Retry-After` may ask for.
inline constexpr std::chrono::hours kRetryAfterMax(24 * 30);
// Of an answer of AWS.
inline constexpr size_t kAwsAnswerBytesMax = 8 << 20;
// Levels of an answer of AWS: its readers call themselves for each.
inline constexpr size_t kAwsAnswerDepthMax = 64;
// Elements of such an answer in XML: each takes a hundred bytes of memory.
inline constexpr size_t kAwsAnswerElementsMax = 100'000;
// The longest time that a service may ask a call to wait; then the call has failed.
inline constexpr std::chrono::seconds kAwsRetryAfterMax(20);
// Of an answer of the daemon to a command (a ledger, a timeline), for a daemon gone wrong.
inline constexpr size_t kDaemonAnswerBytesMax = size_t{512} << 20;
// Events that `send` puts into one request.
inline constexpr size_t kSentEventsMax = 1000;
// Of those events together: well below what a daemon takes in one request.
inline constexpr size_t kSentBytesMax = 4 << 20;
// Attempts of `send`, one a second, while a daemon is busy or starts again.
inline constexpr int kSendRetriesMax = 120;

static_assert(kClientConnectionsPerHostMax <= kClientConnectionsMax);
static_assert(kShortAnswerBytesMax <= kAnswerBytesMax && kAnswerBytesMax <= kAwsAnswerBytesMax);
static_assert(kSentEventsMax <= kCommitEventsMax && 2 * kSentBytesMax <= kBodyBytesMax);

// ---- Credentials and certificates ----

// Of what holds a secret: a file, a process's output, an answer of a metadata service.
inline constexpr size_t kSecretBytesMax = 64u << 10;
// Of a key that signs webhooks, as Standard Webhooks has it.
inline constexpr size_t kWebhookKeyBytesMin = 24;
inline constexpr size_t kWebhookKeyBytesMax = 64;
// Secrets that sign one webhook: an old and a new one, while they are changed.
inline constexpr size_t kWebhookSecretsMax = 4;
// Of a file of profiles.
inline constexpr size_t kAwsProfilesBytesMax = 4 << 20;
// Of the external id by which a role knows who may assume it: the bound of STS.
inline constexpr size_t kAwsExternalIdBytesMax = 1224;
// Of the name of a role's session: the bound of STS.
inline constexpr size_t kAwsSessionNameBytesMax = 64;
// Of a certificate as it is fetched.
inline constexpr size_t kCertificateFileBytesMax = 64 << 10;
// Certificates of one chain.
inline constexpr size_t kCertificateChainMax = 8;
// Issuers that are fetched for a chain that does not hold them.
inline constexpr int kCertificateIssuersMax = 3;
// Certificates that are kept by their URL; a region has one.
inline constexpr size_t kSnsCertificatesKept = 64;
// Certificates that are being fetched: their URLs come from anyone.
inline constexpr size_t kSnsFetchesAtATime = 8;
// Fetches at once after a quiet time; then one by one.
inline constexpr double kSnsFetchesMax = 32;

static_assert(kCertificateIssuersMax < kCertificateChainMax);

// ---- Patterns ----

// Of a pattern's JSON. What EventBridge takes is a quota of an account.
inline constexpr size_t kPatternBytesMax = 1024 * 1024;
// The same in EventBridge, unless an account's quota is raised.
inline constexpr size_t kEventBridgePatternBytesMax = 2048;
// Of what a pattern becomes: each of those that `$or` stands for has all that is beside it.
inline constexpr size_t kPatternProgramBytesMax = 8 << 20;
// Levels of objects and arrays in a pattern.
inline constexpr size_t kPatternDepthMax = 64;
// Patterns that one with `$or` stands for: the bound of EventBridge.
inline constexpr size_t kPatternCombinationsMax = 1000;
// `*` in all of a pattern.
inline constexpr size_t kPatternWildcardsMax = 1000;
// Errors of one pattern that are told; the rest is counted.
inline constexpr size_t kPatternErrorsMax = 1000;
// Of the path or the text of such an error.
inline constexpr size_t kPatternErrorTextBytesMax = 512;
// Steps of matching one event against one set, some tenths of a second: one for each value that a
// test looks at, each rule that is found, 64 bytes of text searched. Beyond, the event is
// `rejected`; one pattern alone is taken to match.
inline constexpr uint64_t kMatchStepsMax = uint64_t{32} << 20;
// Memory in which elements of arrays are judged; beyond, likewise.
inline constexpr size_t kMatchElementBytesMax = size_t{32} << 20;
// Memory of each kind that matching keeps for the next event.
inline constexpr size_t kMatchBytesKept = 1 << 20;
// Of an address in a pattern or an event, with leading zeros; none is longer.
inline constexpr size_t kAddressCharactersMax = 64;
// Levels of an event that is matched as text: simdjson's own bound.
inline constexpr size_t kMatchedDepthMax = 1024;
// Of a file of patterns that `match` reads.
inline constexpr size_t kPatternFileBytesMax = size_t{1} << 30;

static_assert(kPatternBytesMax <= kPatternFileBytesMax);
static_assert(kPatternDepthMax <= kEventDepthMax && kEventDepthMax <= kMatchedDepthMax);

// ---- Configuration and catalog ----

// Of a document of YAML.
inline constexpr size_t kDocumentBytesMax = 16u << 20;
// Values of a document. Aliases count as what they stand for.
inline constexpr uint32_t kDocumentNodesMax = 1'000'000;
// Brackets, commas and colons of a document, of which the parser keeps each: two for a value.
inline constexpr size_t kDocumentFlowPartsMax = 2 * kDocumentNodesMax;
// Levels of a document.
inline constexpr uint32_t kDocumentDepthMax = 64;
// Of all values together, after variables and aliases were replaced.
inline constexpr size_t kDocumentTextBytesMax = 64u << 20;
// Of a plain word that may be meant as a number: what is longer is a text.
inline constexpr size_t kPlainNumberBytesMax = 64;
// Of a subscription's name, which is in keys of the store, paths and file names.
inline constexpr size_t kSubscriptionNameBytesMax = 64;
// Of a template of messages.
inline constexpr size_t kFormatTemplateBytesMax = 64u << 10;
// Levels of a shape of messages.
inline constexpr size_t kShapeDepthMax = 16;
// Of a schema of messages.
inline constexpr size_t kSchemaBytesMax = 1u << 20;
// Of a text that a schema's expressions are held against: std::regex takes stack for each byte.
inline constexpr size_t kSchemaMatchedBytesMax = 4096;
// Of a template of the catalog.
inline constexpr size_t kCatalogTemplateBytesMax = 1024;
// Digits of an index in a path of the catalog.
inline constexpr size_t kIndexDigitsMax = 6;
// States of one entry of the catalog: their ranks are one byte.
inline constexpr size_t kCatalogStatesMax = 250;
// Of what is written in base64, which is long only where something is wrong.
inline constexpr size_t kBase64BytesMax = size_t{1} << 30;

// Of the pattern of a rule of EventBridge, by AWS's quota.
inline constexpr size_t kEventPatternBytesMax = 2048;

static_assert(kDocumentBytesMax <= kDocumentTextBytesMax);
static_assert(kSecretBytesMax <= kDocumentBytesMax);
static_assert(kCatalogStatesMax < UINT8_MAX);

}  // namespace statewire
