/** A cluster, an agent, STS and the tables in memory, for tests of leases on one thread and in simulated time. */
@NullMarked
package io.mesosiam.lease.simulation;

import org.jspecify.annotations.NullMarked;
