/**
 * The namespaces that bound policies, in the REST API.
 *
 * <p>In: requests of operators. Out: the stored namespace with its version as ETag, its earlier versions, and problems for
 * refusals. The administrator of a namespace writes those below it, and never the namespace itself. {@link
 * io.mesosiam.api.namespace.NamespaceResource} is the resource to read first.
 */
@NullMarked
package io.mesosiam.api.namespace;

import org.jspecify.annotations.NullMarked;
