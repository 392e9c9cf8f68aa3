// YAML of a table of calls to its spec.
//
//   service: lambda.amazonaws.com
//   types:
//     AWS::Lambda::Function: {id: "arn:{partition}:lambda:{region}:{account}:function:{}"}
//   calls:
//     CreateFunction: {does: create, of: AWS::Lambda::Function,
//                      id: responseElements.functionArn | requestParameters.functionName, from:
//                      cfn}
#pragma once

#include "catalog/entry_spec.h"
#include "config/node.h"

namespace statewire {

// Whether the file is one: it has a `service`.
bool is_table(const Node& root);

// Appends it to `spec.tables`. What is wrong becomes a problem of the node's document, also a row
// that cannot be made into an entry.
void read_table(const Node& root, CatalogSpec& spec);

}  // namespace statewire
