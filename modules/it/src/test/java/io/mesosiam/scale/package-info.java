/**
 * A controller beside a cluster of any size: how long leases take, and what they cost. The hosts are streams without an agent,
 * thousands in one process; master and STS are the sandbox's. docs/benchmarks.md has the command.
 */
@NullMarked
package io.mesosiam.scale;

import org.jspecify.annotations.NullMarked;
