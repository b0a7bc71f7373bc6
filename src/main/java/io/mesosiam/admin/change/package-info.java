/**
 * Writes policies, namespaces and attribute trust together.
 *
 * <p>In: changes of them, with the author, and a review of what they do. Out: the outcome of each change. One transaction
 * has all of them or none; bounds are checked on what is stored at its end. {@link io.mesosiam.admin.change.Changes} is the
 * door.
 */
@NullMarked
package io.mesosiam.admin.change;

import org.jspecify.annotations.NullMarked;
