-- The rules of a cart. sqlite/cart-rules.ts has the same rules. test/store/carts.test.ts compares both on random
-- changes.

-- Applies one change to `lines`, in place.
-- change: a table with `kind`; for add and set also `slug` and `quantity`; for merge `other_lines`, a list of slug,
--         quantity, slug, ...; for undo `before` (slug -> line)
-- version: the version of the cart after this change
-- Returns the lines that were changed, as they were before (slug -> line, false for a product that was not in the
-- cart), and the notices.
local function apply_change(lines, change, version, max_quantity, max_lines)
  local before, notices, count = {}, {}, 0
  for _ in pairs(lines) do count = count + 1 end

  local function quantity_of(slug)
    return lines[slug] and lines[slug].quantity or 0
  end

  local function put(slug, quantity, added)
    local old = lines[slug]
    if quantity == quantity_of(slug) then return end
    before[slug] = old or false
    if not old then count = count + 1 end
    if quantity == 0 then count = count - 1 end
    lines[slug] = quantity > 0 and { quantity = quantity, added = old and old.added or added or version } or nil
  end

  -- Sets a quantity, or the nearest one within the limits, with a notice when it differs.
  local function put_within_limits(slug, quantity)
    if quantity > 0 and not lines[slug] and count >= max_lines then
      notices[#notices + 1] = { code = 'full', slug = slug }
      return
    end
    if quantity > max_quantity then notices[#notices + 1] = { code = 'capped', slug = slug } end
    put(slug, math.min(quantity, max_quantity))
  end

  local kinds = {}

  function kinds.add()
    put_within_limits(change.slug, quantity_of(change.slug) + change.quantity)
  end

  function kinds.set()
    put_within_limits(change.slug, change.quantity)
  end

  function kinds.clear()
    for slug in pairs(lines) do put(slug, 0) end
  end

  function kinds.merge()
    local merged = {}
    for i = 1, #change.other_lines, 2 do
      local slug, quantity = change.other_lines[i], tonumber(change.other_lines[i + 1])
      if quantity > quantity_of(slug) then put_within_limits(slug, quantity) end
      if before[slug] ~= nil then merged[#merged + 1] = slug end
    end
    if #merged > 0 then notices[#notices + 1] = { code = 'merged', slugs = merged } end
  end

  function kinds.undo()
    for slug, line in pairs(change.before or {}) do
      put(slug, line and line.quantity or 0, line and line.added)
    end
    notices[1] = { code = change.before and 'undone' or 'nothing-to-undo' }
  end

  kinds[change.kind]()
  return before, notices
end
