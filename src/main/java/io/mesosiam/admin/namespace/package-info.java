/**
 * Writes the namespaces that bound policies.
 *
 * <p>In: the bounds of a namespace, with the caller and the reason. Out: the stored namespace with its version, or the reason
 * for a refusal, as a value; and the versions that a trigger keeps. {@link io.mesosiam.admin.namespace.Namespaces} is the
 * door to namespaces, {@link io.mesosiam.admin.namespace.NamespaceHistory} to their versions. {@code admin.change} makes the
 * transactions.
 */
@NullMarked
package io.mesosiam.admin.namespace;

import org.jspecify.annotations.NullMarked;
