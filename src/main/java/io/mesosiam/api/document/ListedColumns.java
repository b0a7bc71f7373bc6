package io.mesosiam.api.document;

import io.mesosiam.admin.ListColumn;
import io.mesosiam.api.Forms;
import io.mesosiam.api.admin.StoredPoliciesResource;
import io.mesosiam.api.admin.WithdrawalResource;
import io.mesosiam.api.agent.AgentsResource;
import io.mesosiam.api.audit.AuditEventResource;
import io.mesosiam.api.grant.GrantsResource;
import io.mesosiam.api.host.HostsResource;
import io.mesosiam.api.host.JoinTokensResource;
import io.mesosiam.api.list.LeaseResource;
import io.mesosiam.api.list.ListParameters;
import io.mesosiam.api.list.PolicyResource;
import io.mesosiam.api.namespace.NamespacesResource;
import io.mesosiam.api.revocation.RevocationsResource;
import io.mesosiam.api.task.TasksResource;
import io.mesosiam.api.token.TokenResource;
import io.mesosiam.api.trust.TrustsResource;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;

/** Describes which fields each list can show, and can be filtered and sorted by, and which values a filter can have. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public final class ListedColumns implements OASFilter {
    private static final Map<String, ListParameters.Kind> KINDS = Map.ofEntries(
            Map.entry("listAgents", AgentsResource.kind()),
            Map.entry("listTasks", TasksResource.kind()),
            Map.entry("listStoredPolicies", StoredPoliciesResource.POLICIES),
            Map.entry("listNamespaces", NamespacesResource.NAMESPACES),
            Map.entry("listAttributeTrust", TrustsResource.TRUSTS),
            Map.entry("listLaunchGrants", GrantsResource.GRANTS),
            Map.entry("listWithdrawals", WithdrawalResource.WITHDRAWALS),
            Map.entry("listRevocations", RevocationsResource.REVOCATIONS),
            Map.entry("listLeases", LeaseResource.kind()),
            Map.entry("listPolicies", PolicyResource.kind()),
            Map.entry("listHosts", HostsResource.kind()),
            Map.entry("listJoinTokens", JoinTokensResource.kind()),
            Map.entry("listTokens", TokenResource.kind()));

    @Override
    public Operation filterOperation(Operation operation) {
        if ("listAuditEvents".equals(operation.getOperationId())) {
            parameter(operation, "fields").ifPresent(fields -> describeFields(fields, AuditEventResource.FIELDS));
        }
        Optional.ofNullable(KINDS.get(String.valueOf(operation.getOperationId())))
                .ifPresent(kind -> {
                    parameter(operation, "sort").ifPresent(sort -> describeSort(sort, kind.columns()));
                    parameter(operation, "filter").ifPresent(filter -> describeFilter(filter, kind));
                    parameter(operation, "fields").ifPresent(fields -> describeFields(fields, kind.fields()));
                });
        return operation;
    }

    private static void describeFields(Parameter fields, Set<String> names) {
        String one = "(" + String.join("|", names) + ")";
        fields.getSchema().pattern("^" + one + "(," + one + ")*$");
    }

    private static Optional<Parameter> parameter(Operation operation, String name) {
        return operation.getParameters().stream()
                .filter(parameter -> name.equals(parameter.getName()))
                .findFirst();
    }

    private static void describeSort(Parameter sort, List<ListColumn> columns) {
        columns.stream()
                .flatMap(column -> Stream.of(column.json(), "-" + column.json()))
                .forEach(sort.getSchema()::addEnumeration);
    }

    private static void describeFilter(Parameter filter, ListParameters.Kind kind) {
        Schema fields = of(Schema.SchemaType.OBJECT);
        kind.columns().forEach(column -> {
            Schema value = value(column);
            // a pattern, which leaves null alone
            Optional.ofNullable(kind.words().get(column.json()))
                    .ifPresent(words -> value.pattern("^(" + String.join("|", words) + ")$"));
            fields.addProperty(column.json(), value);
        });
        fields.setAdditionalPropertiesSchema(OASFactory.createSchema().booleanSchema(false));
        filter.setSchema(null);
        // a text, where the generator has no objects
        filter.setExample(null);
        filter.setContent(OASFactory.createContent()
                .addMediaType("application/json", OASFactory.createMediaType().schema(fields)));
    }

    private static Schema value(ListColumn column) {
        Schema value =
                switch (column.type()) {
                    case TEXT -> of(Schema.SchemaType.STRING).pattern(Forms.STORABLE);
                    case ID -> of(Schema.SchemaType.STRING).pattern(Forms.STORED_ID);
                    case TRUTH -> of(Schema.SchemaType.BOOLEAN);
                    case TIME ->
                        of(Schema.SchemaType.STRING).format("date-time").pattern(Forms.TIME);
                    case NUMBER ->
                        of(Schema.SchemaType.INTEGER)
                                .minimum(BigDecimal.valueOf(Long.MIN_VALUE))
                                .maximum(BigDecimal.valueOf(Long.MAX_VALUE));
                };
        return column.optional() ? value.addType(Schema.SchemaType.NULL) : value;
    }

    private static Schema of(Schema.SchemaType type) {
        return OASFactory.createSchema().addType(type);
    }
}
