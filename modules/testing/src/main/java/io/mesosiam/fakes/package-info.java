/**
 * Replacements for the environment in tests: certificates, databases, ports, faults of HTTP servers, limits, a clock that a
 * test advances.
 */
@NullMarked
package io.mesosiam.fakes;

import org.jspecify.annotations.NullMarked;
