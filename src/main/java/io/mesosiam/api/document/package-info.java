/**
 * The generated description of the API, {@code openapi.yaml}: what is derived from the code beside Quarkus's own
 * annotations. In: the annotations of the resources. Out: the roles of each operation, by
 * {@link io.mesosiam.api.document.OperationRoles}, and the header of writes that change the policies. Runs during the build,
 * apart from {@link io.mesosiam.api.document.PolicyWrites}, which also the answers use.
 */
@NullMarked
package io.mesosiam.api.document;

import org.jspecify.annotations.NullMarked;
