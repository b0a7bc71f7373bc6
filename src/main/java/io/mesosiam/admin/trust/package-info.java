/**
 * Which attributes frameworks enforce, as operators state it. {@link io.mesosiam.admin.trust.Trusts} is the door.
 *
 * <p>In: a framework's principal and an attribute, with the author. Out: a plan of the change, or the reason for a refusal.
 * {@code admin.change} carries it out, in one transaction with its audit event.
 */
@NullMarked
package io.mesosiam.admin.trust;

import org.jspecify.annotations.NullMarked;
