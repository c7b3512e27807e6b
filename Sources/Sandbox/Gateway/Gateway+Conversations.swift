internal import Foundation

extension Gateway {
    /// How long a conversation is queued before its model is asked.
    private static let queueDelay = Duration.milliseconds(300)

    /// Lists, makes, reads, changes and deletes the caller's conversations.
    func conversations(_ request: Incoming, caller: KeyRing.Entry) throws(APIError) -> Outgoing {
        guard request.segments.count == 3 else {
            try request.demand("GET", "POST")
            return request.method == "GET"
                ? try listConversations(request, caller) : try createConversation(request, caller)
        }
        let id = String(request.segments[2])
        if id == "latest" {
            try request.demand("GET")
            let all = conversations.all(user: caller.user)
            guard let latest = breaks.contains(.latestOutdated) ? all.first : all.last else {
                throw Self.unknownConversation(id)
            }
            return Outgoing(status: 307, headers: [("Location", "/v1/conversations/\(latest.id)")])
        }
        try request.demand("GET", "PATCH", "DELETE")
        switch request.method {
        case "PATCH": return try changeConversation(id, request, caller)
        case "DELETE":
            let isKnown =
                breaks.contains(.deleteIgnored)
                ? conversations.find(id, user: caller.user) != nil : conversations.delete(id, user: caller.user)
            guard isKnown else { throw Self.unknownConversation(id) }
            return Outgoing(status: 204)
        default: return try readConversation(id, request, caller)
        }
    }

    private static func unknownConversation(_ id: String) -> APIError {
        APIError(
            status: 404, message: "The conversation '\(id)' does not exist.", param: "id",
            code: "conversation_not_found")
    }

    private func listConversations(_ request: Incoming, _ caller: KeyRing.Entry) throws(APIError) -> Outgoing {
        let text = request.parameter("limit") ?? "20"
        guard let limit = Int(text), (1...100).contains(limit) else {
            throw .invalid(
                "Invalid value for 'limit': '\(text)' is not between 1 and 100.", param: "limit", code: "invalid_value")
        }
        let all = conversations.all(user: caller.user)
        var rest = all[...]
        if let after = request.parameter("after"), !breaks.contains(.pageRepeats) {
            guard let index = all.firstIndex(where: { $0.id == after }) else { throw Self.unknownConversation(after) }
            rest = all[(index + 1)...]
        }
        let page = rest.prefix(limit)
        let hasMore = rest.count > page.count
        var headers = [("X-Total-Count", String(all.count))]
        if hasMore, let last = page.last {
            headers.append(("Link", "</v1/conversations?limit=\(limit)&after=\(last.id)>; rel=\"next\""))
        }
        return .json(
            [
                "object": "list", "data": .array(page.map(\.json)), "has_more": .bool(hasMore),
                "first_id": JSON(page.first?.id), "last_id": JSON(page.last?.id),
            ], headers: headers)
    }

    private func createConversation(_ request: Incoming, _ caller: KeyRing.Entry) throws(APIError) -> Outgoing {
        let fields = try FieldReader(try request.json())
        guard let title = try fields.string("title") else { throw .missing("title") }
        let model = try fields.string("model") ?? modelNames[0]
        guard let route = routes[model] else { throw .unknownModel(model) }
        let prompt = try fields.string("prompt") ?? title
        guard
            let conversation = conversations.create(
                user: caller.user, title: title, model: model, prompt: prompt)
        else {
            throw APIError(
                status: 409, message: "You have too many conversations; delete some.", code: "too_many_conversations")
        }
        if !breaks.contains(.statusNeverDone) {
            let isQueued = background.submit { await self.answer(conversation, of: caller.user, by: route) }
            guard isQueued else {
                _ = conversations.delete(conversation.id, user: caller.user)
                throw APIError(
                    status: 503, message: "Too many conversations are queued.", type: "server_error",
                    code: "queue_full", headers: [("Retry-After", "1")])
            }
        }
        return .json(
            conversation.json, status: 201,
            headers: [("Location", "/v1/conversations/\(conversation.id)"), ("ETag", conversation.entityTag)])
    }

    private func readConversation(
        _ id: String, _ request: Incoming, _ caller: KeyRing.Entry
    ) throws(APIError) -> Outgoing {
        guard let conversation = conversations.find(id, user: breaks.contains(.conversationsShared) ? nil : caller.user)
        else { throw Self.unknownConversation(id) }
        if request.header("if-none-match") == conversation.entityTag {
            return Outgoing(status: 304, headers: [("ETag", conversation.entityTag)])
        }
        return .json(conversation.json, headers: [("ETag", conversation.entityTag)])
    }

    private func changeConversation(
        _ id: String, _ request: Incoming, _ caller: KeyRing.Entry
    ) throws(APIError) -> Outgoing {
        let fields = try FieldReader(try request.json())
        guard let title = try fields.string("title") else { throw .missing("title") }
        let demanded = breaks.contains(.staleWriteAccepted) ? nil : request.header("if-match")
        let change = conversations.update(id, user: caller.user) { conversation in
            guard demanded == nil || demanded == conversation.entityTag else { return false }
            conversation.title = title
            return true
        }
        guard let change else { throw Self.unknownConversation(id) }
        guard change.isChanged else {
            throw APIError(
                status: 412,
                message: "The conversation was changed meanwhile; its tag is \(change.conversation.entityTag).",
                param: "If-Match", code: "precondition_failed")
        }
        return .json(change.conversation.json, headers: [("ETag", change.conversation.entityTag)])
    }

    /// Has a model answer a conversation, as any other request would be answered.
    private func answer(_ conversation: Conversation, of user: String, by route: ModelRoute) async {
        try? await Task.sleep(for: Self.queueDelay)
        _ = conversations.update(conversation.id, user: user) { conversation in
            conversation.status = .running
            return true
        }
        let request: JSON = [
            "model": .string(conversation.model), "temperature": 0,
            "messages": [["role": "user", "content": .string(conversation.prompt)]],
        ]
        let inFlight = metrics.begin(model: route.model)
        let answer = try? await forward(
            "/v1/chat/completions", request.encoded, to: route, id: conversation.id, streams: false,
            promptTokens: Tokens.count(conversation.prompt), inFlight: inFlight,
            keeping: ChatRequest(model: conversation.model, prompt: conversation.prompt))
        inFlight.note(status: answer?.status ?? 503)
        var text: String?
        if let answer, case .bytes(let bytes) = answer.body, let body = try? JSON(parsing: bytes) {
            text = body["choices"]?.array?.first?["message"]?["content"]?.string
        }
        let final = text
        _ = conversations.update(conversation.id, user: user) { conversation in
            conversation.status = final == nil ? .failed : .done
            conversation.answer = final
            return true
        }
    }

    // MARK: Sessions

    /// Opens a session for the user that a form names; its token is a key, and a cookie carries it too.
    func openSession(_ request: Incoming) throws(APIError) -> Outgoing {
        guard request.header("content-type")?.hasPrefix("application/x-www-form-urlencoded") == true else {
            throw APIError(
                status: 415, message: "Send the form as application/x-www-form-urlencoded.",
                code: "unsupported_media_type")
        }
        guard case .bytes(let bytes) = request.body else { throw .tooLarge }
        guard let user = Self.formValue("user", in: String(decoding: bytes, as: UTF8.self)), !user.isEmpty else {
            throw .missing("user")
        }
        guard let issued = keys.issue(prefix: "sess-", user: user, limiter: nil) else {
            throw APIError(
                status: 503, message: "Too many sessions are open.", type: "server_error", code: "too_many_keys")
        }
        return .json(
            ["object": "session", "id": .string(issued.entry.id), "user": .string(user), "token": .string(issued.key)],
            status: 201, headers: [("Set-Cookie", "session=\(issued.key); Path=/; HttpOnly; SameSite=Strict")])
    }

    private static func formValue(_ name: String, in form: String) -> String? {
        for pair in form.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0] == name else { continue }
            return parts[1].replacing("+", with: " ").removingPercentEncoding
        }
        return nil
    }
}
