/**
 * The administrative REST API under {@code /api/v1}, as {@code openapi.yaml} describes it.
 *
 * <p>In: requests of operators. Out: the state of the stages as JSON; errors as problem details. Only reads; {@code
 * api.admin} writes, {@code api.list} has the lists, and {@code api.audit} reads the audit trail. The API has no access to sessions: none of its response types can hold one.
 * {@link io.mesosiam.api.TaskResource} is the door; {@link io.mesosiam.api.Problem} is the body of every error.
 */
@NullMarked
package io.mesosiam.api;

import org.jspecify.annotations.NullMarked;
