/**
 * The resources of the REST API that write: policies, attribute trust and withdrawals.
 *
 * <p>In: requests of operators. Out: the stored object with its version as ETag; problems for refusals. Each write names a
 * reason, which the audit event has. This package knows HTTP and JSON; {@code admin} knows the database.
 * {@link io.mesosiam.api.admin.StoredPolicyResource} is the resource to read first.
 */
@NullMarked
package io.mesosiam.api.admin;

import org.jspecify.annotations.NullMarked;
