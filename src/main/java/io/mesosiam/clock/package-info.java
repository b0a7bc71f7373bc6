/**
 * Comparing this machine's clock with those of the controller's peers. What goes in: times that Postgres, masters and STS state. What comes out: by how
 * much this clock differs from each, and a time that doesn't rest on one clock alone.
 */
@NullMarked
package io.mesosiam.clock;

import org.jspecify.annotations.NullMarked;
