/**
 * What a caller may know of policies, in the REST API.
 *
 * <p>In: a caller and the policies in force. Out: which policies, leases and tasks belong to the caller's namespaces, and
 * sentences without the names of other policies. {@link io.mesosiam.api.sight.Sight} is the door; {@code api} and its
 * resources use it.
 */
@NullMarked
package io.mesosiam.api.sight;

import org.jspecify.annotations.NullMarked;
