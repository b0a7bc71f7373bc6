/**
 * Many changes of policies and namespaces in one request.
 *
 * <p>In: a list of changes. Out: the outcome of each, or every fault of every change; or the preview of all of them. {@link
 * io.mesosiam.api.apply.ApplyResource} is the door.
 */
@NullMarked
package io.mesosiam.api.apply;

import org.jspecify.annotations.NullMarked;
