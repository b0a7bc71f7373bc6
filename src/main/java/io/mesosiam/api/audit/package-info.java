/**
 * The resource of the REST API that searches and exports the audit trail.
 *
 * <p>In: requests of auditors and admins. Out: pages of events as JSON, or all events that match as lines of JSON. This
 * package knows HTTP; {@code audit} knows the database. {@link io.mesosiam.api.audit.AuditEventResource} is the door.
 */
@NullMarked
package io.mesosiam.api.audit;

import org.jspecify.annotations.NullMarked;
