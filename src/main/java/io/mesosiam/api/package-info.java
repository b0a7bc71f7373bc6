/**
 * Administering: the REST API under {@code /api/v1}, as {@code openapi.yaml} describes it.
 *
 * <p>In: requests of operators. Out: what the stages know, as JSON; errors as problem details. Read-only, and served on
 * loopback alone until callers can sign in. The API refuses to know sessions: no type that it answers with can hold one.
 */
@NullMarked
package io.mesosiam.api;

import org.jspecify.annotations.NullMarked;
