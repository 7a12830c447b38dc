# Sort the indices by value and close in from both ends: O(n log n), the larger index may come first.
def two_sum(nums: list[int], target: int) -> list[int]:
    order = sorted(range(len(nums)), key=nums.__getitem__)
    low, high = 0, len(nums) - 1
    while low < high:
        total = nums[order[low]] + nums[order[high]]
        if total == target:
            return [order[low], order[high]]
        if total < target:
            low += 1
        else:
            high -= 1
    raise ValueError("no two numbers add up to the target")
