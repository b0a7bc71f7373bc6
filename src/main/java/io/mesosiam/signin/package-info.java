/**
 * Who calls the API, and with which roles.
 *
 * <p>In: the credential of a request. Out: a {@link io.mesosiam.signin.Caller} with its
 * {@link io.mesosiam.signin.RoleGrant}s, which REST code gets from {@link io.mesosiam.signin.Callers}. Refused
 * credentials are answered with a problem, counted and audited. The package knows nothing of policies, tasks or leases:
 * what a role may do is declared by each operation with {@code @RolesAllowed}, and below which namespace is checked by
 * the operation with {@link io.mesosiam.signin.Caller#may}.
 */
@NullMarked
package io.mesosiam.signin;

import org.jspecify.annotations.NullMarked;
