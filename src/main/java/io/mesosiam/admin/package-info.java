/**
 * Writes the tables that operators administer, with Hibernate Reactive.
 *
 * <p>In: the content of policies and the other objects, with the caller and the reason. Out: the stored object with its
 * version, or the reason for a refusal, as a value. Each write is one transaction; triggers of the database write its
 * audit event and the policy's revision in the same transaction. Entities are package-private; a small public class
 * for each kind of object is the door: {@link io.mesosiam.admin.Policies}, {@link io.mesosiam.admin.PolicyHistory};
 * {@code admin.namespace}, {@code admin.trust}, {@code admin.withdrawal} and {@code admin.revocation} have those of other
 * tables; {@code admin.change} writes policies and namespaces together.
 *
 * <p>This package knows nothing of HTTP, of sign-in or of decisions. Decisions read the same tables with {@code
 * policy.store}. See docs/decisions/0042-entities-for-administration.md.
 */
@NullMarked
package io.mesosiam.admin;

import org.jspecify.annotations.NullMarked;
