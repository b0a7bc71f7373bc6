/**
 * Which attributes frameworks enforce, as operators state it. {@link io.mesosiam.admin.trust.Trusts} is the door.
 *
 * <p>In: a framework's principal and an attribute, with the author. Out: the stored row, or the reason for a refusal. Each
 * write is one transaction with its audit event, as in {@code admin}.
 */
@NullMarked
package io.mesosiam.admin.trust;

import org.jspecify.annotations.NullMarked;
