/**
 * The generated description of the API, {@code openapi.yaml}: what is derived from the code beside Quarkus's own
 * annotations. In: the annotations of the resources. Out: the roles of each operation, by
 * {@link io.mesosiam.api.document.OperationRoles}. Runs during the build.
 */
@NullMarked
package io.mesosiam.api.document;

import org.jspecify.annotations.NullMarked;
