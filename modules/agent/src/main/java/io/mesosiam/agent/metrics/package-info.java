/** Telling how it goes: numbers that the other parts count, as Prometheus reads them, on a port of their own. Knows none of the parts. */
@NullMarked
package io.mesosiam.agent.metrics;

import org.jspecify.annotations.NullMarked;
