/**
 * Reads the JSON of Mesos masters, in the formats of {@code /state} and of the v1 operator API.
 *
 * <p>In: the bytes of a response, or of a stream that {@link io.mesosiam.mesos.json.RecordIO} cuts into records. Out:
 * the events, snapshots and other records of {@code mesos} and {@code mesos.model}. A document is parsed while it
 * arrives. Damage within one task, framework or Mesos agent doesn't affect the others. The package knows no HTTP and
 * starts no request. docs/decisions/0037-mesos-json-leaves.md says why the fields are read by hand.
 */
@NullMarked
package io.mesosiam.mesos.json;

import org.jspecify.annotations.NullMarked;
